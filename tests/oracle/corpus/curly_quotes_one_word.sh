#!/bin/bash
#SBATCH --job-name=“ab”
./run
