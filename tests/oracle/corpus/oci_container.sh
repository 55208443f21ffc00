#!/bin/bash
#SBATCH --container=/images/bundle
./run
