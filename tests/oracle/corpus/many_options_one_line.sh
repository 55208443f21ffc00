#!/bin/bash
#SBATCH -J one -N 1 -n 4 -t 10 --mem=1G -o out.txt -e err.txt
./run
