#!/bin/bash
#SBATCH --ntasks=8 --cpus-per-task=4 --ntasks-per-socket=2
#SBATCH --distribution=block:cyclic
#SBATCH --threads-per-core=1
export OMP_NUM_THREADS=4 OMP_PLACES=cores
srun --cpu-bind=cores ./hybrid
