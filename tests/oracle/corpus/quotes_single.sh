#!/bin/bash
#SBATCH --job-name='single quoted'
#SBATCH --mail-user='a@b.c'
./run
