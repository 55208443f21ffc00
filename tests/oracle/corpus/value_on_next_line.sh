#!/bin/bash
#SBATCH --job-name
#SBATCH split
./run
