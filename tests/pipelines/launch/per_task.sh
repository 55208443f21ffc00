#!/bin/bash
# Jobs that wait for single tasks, also for some that do not exist.
# order: t1 after a.1
# order: t2 after a.2
# order: t3 after a.3
# order: pair after a.1
# order: pair after a.3
# order: range after a.1
# order: range after a.4
# order: all after a
# order: plain after t1
# never: t2.plain
# never: all.plain
a=$(sbatch --parsable -J "${P}a" --array=1-4 job.sh a 0.4 2)
for i in 1 2 3; do
  id=$(sbatch --parsable -J "${P}t$i" -d "afterok:${a}_$i" job.sh "t$i")
  ((i > 1)) || first=$id
done
sbatch -J "${P}pair" -d "afterok:${a}_1:${a}_3" job.sh pair
sbatch -J "${P}range" -d "afterok:${a}_[1,3-4]" job.sh range
sbatch -J "${P}all" -d "afterok:${a}_*" job.sh all
sbatch -J "${P}gone" -d "afterok:${a}_9" job.sh gone
sbatch -J "${P}not_there" -d "afternotok:${a}_9" job.sh not_there
sbatch -J "${P}plain" -d "afterok:$first" job.sh plain
