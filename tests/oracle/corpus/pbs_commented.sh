#!/bin/bash
##PBS -N no
# PBS -N no
#SBATCH -J yes
./run
