#!/bin/bash
#SBATCH -n 0
./run
