#!/bin/bash
#SBATCH --reservation=course
#SBATCH -q high
#SBATCH -A teaching
./run
