#!/bin/bash
#SBATCH --workdir=/scratch
./run
