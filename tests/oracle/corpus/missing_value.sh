#!/bin/bash
#SBATCH --time=5
#SBATCH --mem
./run
