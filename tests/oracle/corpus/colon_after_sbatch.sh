#!/bin/bash
#SBATCH: --time=7
./run
