#!/bin/bash
#SBATCH --wait
#SBATCH -t 5
./run
