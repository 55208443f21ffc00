#!/bin/bash
#SBATCH --job-name=md_prod
#SBATCH -N1
#SBATCH -n1
#SBATCH -c16
#SBATCH --gres=gpu:1
#SBATCH -t48:00:00
gmx mdrun -deffnm md -nb gpu
