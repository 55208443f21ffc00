#!/bin/bash
#SBATCH -o $HOME/logs/%j.out
#SBATCH -J $USER-job
./run
