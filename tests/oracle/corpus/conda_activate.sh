#!/bin/bash
#SBATCH --job-name=train
#SBATCH --output=logs/%x_%j.out
#SBATCH --error=logs/%x_%j.err
#SBATCH --cpus-per-task=8
#SBATCH --mem=32G
#SBATCH --time=24:00:00

source ~/miniconda3/etc/profile.d/conda.sh
conda activate myenv
python train.py --lr 0.1
