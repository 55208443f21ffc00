#!/bin/bash
# SBATCH --time=99
# #SBATCH --mem=99G
#SBATCH --time=1
./run
