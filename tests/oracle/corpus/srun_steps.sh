#!/bin/bash
#SBATCH -n 4
#SBATCH -t 0:05:00
for i in $(seq 4); do srun -n1 --exclusive ./task $i & done; wait
