#!/bin/bash -l
#SBATCH --get-user-env
#SBATCH --clusters=inter
#SBATCH --export=NONE
./run
