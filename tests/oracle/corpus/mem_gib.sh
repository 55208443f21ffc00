#!/bin/bash
#SBATCH --mem=4GiB
./run
