#!/bin/bash
# Each way in which scripts take the id out of the answer, and each way in which they spell the option.
# order: b after a
# order: c after b
# order: d after c
# order: e after d
# order: f after e
# order: g after f
a=$(sbatch -J "${P}a" job.sh a 0.2 | awk '{print $NF}')
b=$(sbatch -J "${P}b" -d afterok:$a job.sh b | cut -d ' ' -f 4)
answer=$(sbatch -J "${P}c" -dafterok:$b job.sh c)
c=${answer##* }
d=$(sbatch -J "${P}d" --dependency afterok:$c job.sh d | grep -o '[0-9]*')
[[ $(sbatch -J "${P}e" --depend=AfterOk:$d job.sh e) =~ ([0-9]+) ]]
e=${BASH_REMATCH[1]}
f=$(sbatch -J "${P}f" --dep=$e job.sh f | sed 's/[^0-9]*//')
f=$(printf '%s' "$f" | tr -d '\n')
sbatch -Q -J "${P}g" -d "afterany:$f" job.sh g
