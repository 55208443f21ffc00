#!/bin/bash
#SBATCH -J early
module load gcc
#SBATCH -t 99
#SBATCH -p nowhere
gcc --version
