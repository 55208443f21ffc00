#!/bin/bash
#SBATCH -l walltime=5
./run
