#!/bin/bash
#SBATCH -n1 hetjob -t 5
./run
