#!/bin/bash
#SBATCH --gres=gpu:a100:2
#SBATCH --constraint="a100&nvlink"
#SBATCH --time=1-12
python tf.py
