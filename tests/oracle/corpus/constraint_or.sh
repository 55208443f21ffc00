#!/bin/bash
#SBATCH -C haswell|broadwell
./run
