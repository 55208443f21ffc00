#!/bin/bash
#SBATCH --comment="" --time=5
#SBATCH -J "" -t 6
./run
