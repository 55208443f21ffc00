#!/bin/bash
#SBATCH --cpus-per-task=four
./run
