#!/bin/bash
#PBS -N torque_job
#PBS -l nodes=2:ppn=8,walltime=12:00:00
#PBS -l mem=16gb
#PBS -q batch
#PBS -j oe
#PBS -m abe
#PBS -M ada@example.org
cd $PBS_O_WORKDIR
mpirun ./a.out
