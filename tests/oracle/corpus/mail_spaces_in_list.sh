#!/bin/bash
#SBATCH --mail-type=BEGIN, END
./run
