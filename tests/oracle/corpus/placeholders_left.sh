#!/bin/bash
#SBATCH --job-name=<jobname>
#SBATCH --account=<your_account>
#SBATCH --time=<HH:MM:SS>
./run
