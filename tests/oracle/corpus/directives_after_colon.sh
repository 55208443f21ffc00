#!/bin/bash
:
#SBATCH -J never
