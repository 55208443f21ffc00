#!/bin/bash
#SBATCH -J g16
#SBATCH --cpus-per-task=16
#SBATCH --mem=60gb
#SBATCH --tmp=100G
#SBATCH --time=7-00:00:00
export GAUSS_SCRDIR=/scratch/$USER/$SLURM_JOB_ID
mkdir -p "$GAUSS_SCRDIR"
g16 < in.com > out.log
rm -rf "$GAUSS_SCRDIR"
