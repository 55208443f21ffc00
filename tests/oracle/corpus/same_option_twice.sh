#!/bin/bash
#SBATCH -t 10
#SBATCH -t 20
#SBATCH --time=30
./run
