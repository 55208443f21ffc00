#!/bin/bash -x
#SBATCH --comment=trace
./run
