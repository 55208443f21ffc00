#!/bin/bash
#SBATCH --time=00:00:00
./run
