#!/bin/bash
#SBATCH -t 5
#DW jobdw capacity=10GB access_mode=striped type=scratch
#BB create_persistent name=x capacity=1G
./run
