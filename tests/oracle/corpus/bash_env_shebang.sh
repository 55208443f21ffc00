#!/usr/bin/env bash
#SBATCH --time=2:00:00
#SBATCH --cpus-per-task=4
export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK
./omp_prog
