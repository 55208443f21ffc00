#!/bin/bash
#SBATCH --dependency=singleton
#SBATCH -J chain
./run
