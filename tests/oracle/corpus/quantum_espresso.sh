#!/bin/bash
#SBATCH --nodes=2-4
#SBATCH --ntasks=64
#SBATCH --use-min-nodes
#SBATCH --switches=1@30:00
srun pw.x -nk 4 < scf.in
