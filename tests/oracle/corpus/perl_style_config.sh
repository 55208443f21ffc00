#!/bin/bash
#SBATCH --cpu-freq=high
#SBATCH --acctg-freq=task=30
#SBATCH --profile=task
#SBATCH --mem-bind=local
./run
