#!/bin/bash
# A chain of forty, of which the thirty-fifth fails.
# order: c2 after c1
# order: c20 after c1 c19
# order: c35 after c34
# order: rescued after c35
# never: c36.plain
# never: c40.plain
# never: last.plain
id=$(sbatch --parsable -J "${P}c1" job.sh c1 0.1)
for i in {2..40}; do
  bad=$( ((i == 35)) && echo all)
  id=$(sbatch --parsable -J "${P}c$i" -d "afterok:$id" job.sh "c$i" 0 $bad)
  ((i != 35)) || sbatch -J "${P}rescued" -d "afternotok:$id" job.sh rescued
done
sbatch -J "${P}last" -d "afterok:$id" job.sh last
