#!/bin/bash
#SBATCH --nice 100
./run
