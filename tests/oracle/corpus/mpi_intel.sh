#!/bin/bash
#SBATCH --nodes=8
#SBATCH --ntasks-per-node=24
#SBATCH --time=06:00:00
#SBATCH --partition=debug
#SBATCH --hint=nomultithread
module purge; module load intel impi
export I_MPI_PMI_LIBRARY=/usr/lib64/libpmi.so
srun ./cfd
