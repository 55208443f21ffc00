#!/bin/ksh
#SBATCH --account=climate
#SBATCH --partition=debug
#SBATCH --time=00:20:00
print "hello"
