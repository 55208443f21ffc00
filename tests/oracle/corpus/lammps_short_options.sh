#!/bin/bash
#SBATCH -Jlj
#SBATCH -N2
#SBATCH -n32
#SBATCH -t60
#SBATCH -oout.%j
srun lmp -in in.lj
