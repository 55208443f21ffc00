#!/bin/bash
#$ -N sge
#$ -cwd
#$ -l h_rt=1:00:00
#SBATCH -t 5
./run
