#!/bin/bash
#SBATCH --exclusive=true
./run
