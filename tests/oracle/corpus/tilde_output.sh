#!/bin/bash
#SBATCH --output=~/out.txt
./run
