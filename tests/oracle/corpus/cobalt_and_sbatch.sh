#!/bin/bash
#COBALT -n 1 -t 30
#SBATCH -n 1 -t 30
./run
