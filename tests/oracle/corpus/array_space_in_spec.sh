#!/bin/bash
#SBATCH --array=1, 2, 3
./run
