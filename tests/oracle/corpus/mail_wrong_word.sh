#!/bin/bash
#SBATCH --mail-type=BEGIN,ENDE
./run
