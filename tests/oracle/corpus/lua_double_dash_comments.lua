#!/usr/bin/env lua
--SBATCH -t 5
-- #SBATCH -n 3
print("no option here")
