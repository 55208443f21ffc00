#!/bin/bash
#SBATCH -A [ACCOUNT]
#SBATCH -p <partition>
#SBATCH --mail-user=your.email@here
./run
