#!/bin/bash
#PBS -W umask=0027
./run
