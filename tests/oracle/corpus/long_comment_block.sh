#!/bin/bash
# This script runs the model.
# Usage: sbatch run.sh
#
#   --time is in minutes
#SBATCH --time=15
# Output goes to out/
#SBATCH --output=out/%x.%j
# end of options
./model
