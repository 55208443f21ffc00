#!/bin/bash
#SBATCH --parsable
#SBATCH -J parse
./run
