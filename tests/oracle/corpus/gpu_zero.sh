#!/bin/bash
#SBATCH --gpus=0
./run
