#!/bin/bash
#SBATCH -t 5 # don't worry
#SBATCH -J ok
./run
