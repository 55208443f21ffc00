#!/bin/bash
#SBATCH -n 4
#SBATCH --gpus-per-task=1
#SBATCH --cpus-per-gpu=8
#SBATCH --mem-per-gpu=40G
#SBATCH --gpu-bind=single:1
srun ./gpu_prog
