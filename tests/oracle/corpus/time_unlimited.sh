#!/bin/bash
#SBATCH -t UNLIMITED
./run
