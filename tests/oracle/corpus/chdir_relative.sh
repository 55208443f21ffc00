#!/bin/bash
#SBATCH --chdir=sub
#SBATCH -o out/%j.txt
./run
