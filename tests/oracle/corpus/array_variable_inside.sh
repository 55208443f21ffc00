#!/bin/bash
N=10
#SBATCH --array=1-$N
./run
