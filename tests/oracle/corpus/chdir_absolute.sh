#!/bin/bash
#SBATCH -D /tmp
./run
