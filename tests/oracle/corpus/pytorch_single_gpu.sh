#!/bin/bash
#SBATCH -p debug
#SBATCH --gres=gpu:1
#SBATCH -c 4
#SBATCH --mem=16GB
#SBATCH -t 12:00:00
nvidia-smi
python main.py
