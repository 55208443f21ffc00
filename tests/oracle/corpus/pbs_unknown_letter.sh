#!/bin/bash
#PBS -N x
#PBS -Q fast
./run
