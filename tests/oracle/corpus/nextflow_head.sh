#!/bin/bash
#SBATCH -D .
#SBATCH -J nf-align_(sample_1)
#SBATCH -o .command.log
#SBATCH --no-requeue
#SBATCH --signal B:USR2@30
#SBATCH -c 4
#SBATCH -t 04:00:00
#SBATCH --mem 8192M
NXF_CHDIR=/work/ab/cdef
bash .command.run
