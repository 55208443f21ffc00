#!/bin/bash
#SBATCH --array=1,3,5-9:2
#SBATCH --mem 500
sed -n "${SLURM_ARRAY_TASK_ID}p" params.txt | xargs ./run
