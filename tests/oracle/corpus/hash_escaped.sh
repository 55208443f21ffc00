#!/bin/bash
#SBATCH --comment=issue\#42 -n 3
./run
