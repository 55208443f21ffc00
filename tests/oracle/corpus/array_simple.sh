#!/bin/bash
#SBATCH --array=1-10
#SBATCH -o arr_%A_%a.out
echo "task $SLURM_ARRAY_TASK_ID"
