#!/bin/bash
#SBATCH -S 1
#SBATCH --contiguous
#SBATCH --reboot
./run
