#!/bin/bash
#SBACTH --time=7
#SABTCH --time=8
#SBATCH --time=9
./run
