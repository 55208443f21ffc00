#!/bin/bash
#SBATCH --partition debug
#SBATCH --nodes 1
#SBATCH --time 4:00:00
#SBATCH --job-name jupyter
#SBATCH --output jupyter-%J.log
XDG_RUNTIME_DIR=""
port=$(shuf -i8000-9999 -n1)
jupyter-notebook --no-browser --port=$port --ip=0.0.0.0
