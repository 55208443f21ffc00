#!/bin/bash
set -e
#SBATCH -J late
./run
