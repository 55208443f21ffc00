#!/bin/bash
#PBS -N pro
#PBS -l select=2:ncpus=16:mpiprocs=8
#PBS -l walltime=01:00:00
#PBS -A proj
./run
