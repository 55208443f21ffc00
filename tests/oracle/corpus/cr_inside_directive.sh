#!/bin/bash
#SBATCH -t 5-J carriage
./run
