#!/bin/bash
#SBATCH --array=1-$N
N=10
