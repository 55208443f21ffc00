#!/bin/bash
#SBATCH --job-name
#SBATCH --time=5
./run
