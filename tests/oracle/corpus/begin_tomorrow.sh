#!/bin/bash
#SBATCH --begin=tomorrow
#SBATCH -t 5
./run
