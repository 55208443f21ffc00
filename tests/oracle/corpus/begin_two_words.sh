#!/bin/bash
#SBATCH --begin=now + 1 hour
./run
