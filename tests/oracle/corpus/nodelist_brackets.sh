#!/bin/bash
#SBATCH -w node[01-04,07]
#SBATCH --exclude=node[10-12]
./run
