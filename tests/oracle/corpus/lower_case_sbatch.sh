#!/bin/bash
#sbatch --time=99
#Sbatch --time=98
#SBATCH --time=1
./run
