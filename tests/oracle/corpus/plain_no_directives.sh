#!/bin/sh

# nothing for Slurm in here
./run_model input.dat > output.dat
