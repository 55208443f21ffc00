#!/bin/bash

#SBATCH --job-name=parsl.slurm.block-0
#SBATCH --output=/tmp/parsl.stdout
#SBATCH --error=/tmp/parsl.stderr
#SBATCH --nodes=1
#SBATCH --time=00:10:00
#SBATCH --ntasks-per-node=1

#SBATCH --mem=4g
export PARSL_CORES=4
