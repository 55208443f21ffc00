#!/bin/bash
#SBATCH --account=
#SBATCH --partition=
#SBATCH --job-name=
./run
