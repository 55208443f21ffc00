#!/bin/bash
#SBATCH -N 4                # nodes
#SBATCH --ntasks-per-node 16 # tasks on each
#SBATCH -t 0-12:00          # D-HH:MM
#SBATCH -p debug            # partition
#SBATCH -o mpi.%N.%j.out    # STDOUT
#SBATCH -e mpi.%N.%j.err    # STDERR
mpirun ./solver
