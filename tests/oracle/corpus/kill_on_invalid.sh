#!/bin/bash
#SBATCH --kill-on-invalid-dep=yes
#SBATCH --dependency=afterok:5?afterok:6
./run
