#!/bin/bash #SBATCH -t 5
#SBATCH -t 6
