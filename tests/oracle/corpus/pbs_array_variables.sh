#!/bin/bash
#PBS -t 1-5
#PBS -V
#PBS -v A=1,B=2
echo $PBS_ARRAYID
