#!/bin/bash
#SBATCH -J=name
#SBATCH -o=out.txt
./run
