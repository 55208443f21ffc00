#!/bin/bash
##SBATCH --partition=gpu
##SBATCH --gres=gpu:1
#SBATCH --partition=debug
###SBATCH --time=99:00:00
#SBATCH --time=1:00:00
./cpu
