#!/bin/sh
# properties = {"type": "single", "rule": "map", "input": ["a.fq"], "threads": 4}
cd /home/ada/work && snakemake --snakefile Snakefile
