#!/bin/bash
# 30 chains, the first 12 of which fail at once: the others must not wait for them.
# order: b* each a*
# order: c* each b*
# never: b12.plain
for i in $(seq 30); do
  a=$(sbatch --parsable -J "${P}a$i" job.sh "a$i" 0 "$( ((i <= 12)) && echo all)")
  b=$(sbatch --parsable -J "${P}b$i" -d "afterok:$a" job.sh "b$i")
  sbatch -J "${P}c$i" -d "afterok:$b" job.sh "c$i" >/dev/null
done
