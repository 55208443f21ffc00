#!/bin/bash



#SBATCH -J spaced


#SBATCH -t 3

echo x
