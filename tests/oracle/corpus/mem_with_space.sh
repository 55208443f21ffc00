#!/bin/bash
#SBATCH --mem=4 GB
./run
