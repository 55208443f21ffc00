#!/bin/bash
#SBATCH -a 0-99%10
#SBATCH --time=5
python sweep.py $SLURM_ARRAY_TASK_ID
