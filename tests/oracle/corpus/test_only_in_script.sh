#!/bin/bash
#SBATCH --test-only
./run
