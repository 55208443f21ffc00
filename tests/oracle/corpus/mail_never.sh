#!/bin/bash
#SBATCH --mail-type=never
./run
