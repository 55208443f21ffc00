#!/bin/bash
#SBATCH --job-name=matlab_par
#SBATCH --nodes=1
#SBATCH --cpus-per-task=12
#SBATCH --licenses=matlab:1
#SBATCH --time=08:00:00
#SBATCH --mail-type=END,FAIL
#SBATCH --mail-user=someone@example.edu

module load matlab/R2022a
matlab -batch "addpath('src'); main(12)"
