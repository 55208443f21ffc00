#!/bin/bash
#SBATCH --comment=“a b”
./run
