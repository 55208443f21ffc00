#!/bin/bash
#BSUB -J lsf_job
#BSUB -n 16
#BSUB -W 2:00
#BSUB -q normal
#BSUB -o out.%J
#BSUB -e err.%J
mpirun ./a.out
