#!/bin/bash
#SBATCH --help
#SBATCH --version
./run
