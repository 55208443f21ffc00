#!/usr/bin/env zsh
### Job name
#SBATCH --job-name=MYJOB
### File for the output
#SBATCH --output=MYJOB_OUTPUT.%J
### Time your job needs to execute
#SBATCH --time=15
./a.out
