#!/bin/bash
#SBATCH -n1
#SBATCH packjob
#SBATCH -n2
