#!/bin/tcsh
#SBATCH -J wrf
#SBATCH -o wrf.o%j
#SBATCH -e wrf.e%j
#SBATCH -N 1 -n 16
#SBATCH -t 01:30:00
setenv OMP_NUM_THREADS 1
srun ./wrf.exe
