#!/bin/bash
#SBATCH --job-name=cont \
#SBATCH --time=5 \
#SBATCH --mem=100
./run
