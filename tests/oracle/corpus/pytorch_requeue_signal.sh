#!/bin/bash
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
#SBATCH -t 4:00:00
trap 'scontrol requeue $SLURM_JOB_ID' USR1
python long.py &
wait
