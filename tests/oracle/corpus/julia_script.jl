#!/usr/bin/env julia
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --time=04:00:00
println(Threads.nthreads())
