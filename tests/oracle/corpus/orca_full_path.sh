#!/bin/bash
#SBATCH --ntasks=8
#SBATCH --mem-per-cpu=4000M
#SBATCH --time=3-0
/opt/orca/orca job.inp > job.out
