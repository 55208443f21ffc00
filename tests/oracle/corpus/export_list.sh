#!/bin/bash
#SBATCH --export=ALL,LR=0.1,SEED=3
python x.py
