#!/bin/bash
#SBATCH --comment=C:\new\table
./run
