#!/bin/bash
#SBATCH --get-user-env=10L
./run
