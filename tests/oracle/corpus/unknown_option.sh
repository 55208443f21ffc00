#!/bin/bash
#SBATCH --walltime=5
./run
