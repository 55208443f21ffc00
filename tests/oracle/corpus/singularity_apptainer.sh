#!/bin/bash
#SBATCH --job-name=container
#SBATCH --mem=8G
#SBATCH --gpus=1
singularity exec --nv img.sif python run.py
