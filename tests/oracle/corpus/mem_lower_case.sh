#!/bin/bash
#SBATCH --mem=4gb
./run
