#!/bin/bash
NAME=foo
#SBATCH -J foo
echo $NAME
