#!/bin/bash -l
#SBATCH -J relax
#SBATCH -N 2
#SBATCH --ntasks-per-node=4
#SBATCH -t 1-00:00:00
module load vasp
srun vasp_std
