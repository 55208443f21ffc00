#!/bin/bash
#SLURM --time=5
#SLURM -J old
./run
