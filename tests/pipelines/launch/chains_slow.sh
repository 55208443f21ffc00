#!/bin/bash
# 30 chains, the first 12 of which are slow: no other waits for them.
# order: b* each a*
# order: c* each b*
# order: end after c30
for i in $(seq 30); do
  a=$(sbatch --parsable -J "${P}a$i" job.sh "a$i" "$( ((i <= 12)) && echo until:end.plain)")
  b=$(sbatch --parsable -J "${P}b$i" -d "afterok:$a" job.sh "b$i")
  c=$(sbatch --parsable -J "${P}c$i" -d "afterok:$b" job.sh "c$i")
done
sbatch -J "${P}end" -d "afterok:$c" job.sh end
