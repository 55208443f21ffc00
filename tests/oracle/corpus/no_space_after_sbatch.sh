#!/bin/bash
#SBATCH--time=7
#SBATCH-J glued
./run
