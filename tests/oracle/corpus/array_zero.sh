#!/bin/bash
#SBATCH --array=0
echo one task
