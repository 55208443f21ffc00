#!/bin/bash
#SBATCH	--job-name=tabs
#SBATCH	-t	5	# five
#SBATCH		--mem	100
./run
