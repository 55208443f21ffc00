#!/bin/bash
#SBATCH -L ansys@slurmdb:4,matlab
./run
