#!/bin/bash
#SBATCH --tres-per-task=gres/gpu:1
./run
