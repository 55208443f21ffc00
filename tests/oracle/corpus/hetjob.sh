#!/bin/bash
#SBATCH --ntasks=1 --mem=1G
#SBATCH hetjob
#SBATCH --ntasks=8
srun ./a : ./b
