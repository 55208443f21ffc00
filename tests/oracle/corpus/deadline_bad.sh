#!/bin/bash
#SBATCH --deadline=soon
./run
