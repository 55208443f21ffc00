#!/bin/bash
#SBATCH "--job-name=whole thing"
#SBATCH '-t' "5"
./run
