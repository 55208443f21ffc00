#!/bin/bash
#SBATCH -J größe
./run
