#!/bin/bash
#SBATCH --job-name="my long name"
#SBATCH --comment="uses # inside"
./run
