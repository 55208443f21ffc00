#!/bin/bash
#SBATCH -B 2:8:1
#SBATCH --sockets-per-node=2
./run
