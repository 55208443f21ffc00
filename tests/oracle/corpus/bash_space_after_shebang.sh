#! /bin/bash
#SBATCH -t 30
echo hi
