#!/bin/bash
#SBATCH --array=[1-5]
./run
