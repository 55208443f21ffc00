#!/bin/bash
#BSUB -J x
#BSUB -R "span[ptile=16]"
./run
