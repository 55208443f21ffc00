#!/usr/bin/python3
# -*- coding: utf-8 -*-
#SBATCH -J training
#SBATCH --mem 4000
print("ok")
