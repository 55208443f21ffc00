#!/bin/bash -e
#SBATCH -n 1
#SBATCH -t 0-01:00
set -euo pipefail
./step1
