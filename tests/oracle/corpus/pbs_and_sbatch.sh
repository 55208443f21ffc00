#!/bin/bash
#SBATCH -J slurm_name
#SBATCH -t 5
#PBS -N pbs_name
#PBS -l walltime=0:30:00
./run
