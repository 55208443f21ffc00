#!/bin/bash
#SBATCH --time=5 minutes
./run
