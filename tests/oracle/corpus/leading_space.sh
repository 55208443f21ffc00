#!/bin/bash
 #SBATCH --time=99
	#SBATCH --time=98
#SBATCH --time=1
./run
