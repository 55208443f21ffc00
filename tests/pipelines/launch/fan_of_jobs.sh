#!/bin/bash
# The same with single jobs, whose ids are collected.
# order: join after w1 w2 w3 w4 w5 w6
# order: rest1 after join
# order: rest4 after join
ids=
for i in 1 2 3 4 5 6; do
  ids+=:$(sbatch --parsable -J "${P}w$i" job.sh "w$i" "0.$i")
done
join=$(sbatch --parsable -J "${P}join" -d "afterok$ids" job.sh join)
seq 4 | xargs -I {} sbatch -J "${P}rest{}" -d "afterok:$join" job.sh "rest{}" >/dev/null
