#!/bin/bash -l
#SBATCH --export=NONE
unset SLURM_EXPORT_ENV
./run
