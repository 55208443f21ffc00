#!/bin/bash
#SBATCH --begin=2035-01-20T12:34:00
./run
