#!/bin/bash
#SBATCH --share
./run
