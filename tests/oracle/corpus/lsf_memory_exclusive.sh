#!/bin/bash
#BSUB -M 2000000
#BSUB -x
#BSUB -n 2,8
./run
