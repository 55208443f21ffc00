#!/bin/bash
#SBATCH --wrap=hostname
#SBATCH --quiet
./run
