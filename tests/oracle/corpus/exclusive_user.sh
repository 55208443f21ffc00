#!/bin/bash
#SBATCH --exclusive=user
./run
