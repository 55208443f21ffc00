#!/bin/bash
#SBATCH --array=1-4   # four seeds
#SBATCH --job-name=seeds # the name
./run $SLURM_ARRAY_TASK_ID
