#!/bin/bash
#SBATCH --mail-type=all --mail-user=ada
./run
