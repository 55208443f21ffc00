#!/usr/bin/env Rscript
#SBATCH --job-name=Rjob
#SBATCH --mem=8G
#SBATCH --time=02:00:00
#SBATCH -o Rjob_%j.out
library(parallel)
print(Sys.getenv("SLURM_CPUS_ON_NODE"))
