#!/bin/bash
#SBATCH --hold
#SBATCH --nice=100
#SBATCH --priority=5
./run
