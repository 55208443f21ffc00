#!/bin/bash
#SBATCH -t 5
