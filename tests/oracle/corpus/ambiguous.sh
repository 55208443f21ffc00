#!/bin/bash
#SBATCH --ntasks-per=5
./run
