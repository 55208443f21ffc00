#!/bin/bash
#SBATCH --job=short --part=debug --out=o.txt
./run
