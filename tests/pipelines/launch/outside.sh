#!/bin/bash
# $OUTSIDE is a job that was submitted before, and is Slurm's in both runs.
# order: b after a
# order: b after outside
# order: c after outside
a=$(sbatch --parsable -J "${P}a" job.sh a 0.1)
b=$(sbatch --parsable -J "${P}b" -d "afterok:$OUTSIDE:$a" job.sh b)
sbatch -J "${P}c" -a 1-2 -d "afterok:$OUTSIDE" job.sh c
sbatch -J "${P}d" -d "afterany:$b,after:$OUTSIDE" job.sh d
