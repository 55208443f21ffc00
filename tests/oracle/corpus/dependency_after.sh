#!/bin/bash
#SBATCH -d afterok:123:124
./run
