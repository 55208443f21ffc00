#!/bin/bash
#SBATCH --time=1 # --mem=99G
#SBATCH # --ntasks=5
#SBATCH #--ntasks=6
./run
