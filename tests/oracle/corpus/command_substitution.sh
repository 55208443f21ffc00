#!/bin/bash
#SBATCH --job-name=`date`
#SBATCH --comment=$(hostname)
./run
