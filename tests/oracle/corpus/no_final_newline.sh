#!/bin/bash
#SBATCH -t 5
#SBATCH -J last