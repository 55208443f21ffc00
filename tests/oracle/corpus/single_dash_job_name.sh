#!/bin/bash
#SBATCH -job-name=x
./run
