#!/bin/bash
# Tasks that their array does not have, and tasks of jobs that are no arrays.
# order: star after a
# order: part after a.1
# order: without_last after b.0 b.3
# order: listed after a.1 a.3
# never: whole_list.plain
a=$(sbatch --parsable -J "${P}a" -a 1-3 job.sh a 1)
p=$(sbatch --parsable -J "${P}p" job.sh p 1)
for word in afterok afterany afternotok after aftercorr; do
  sbatch -J "${P}$word" -d "$word:${a}_9" job.sh "$word" 2>&1
  echo "status $?"
  sbatch -J "${P}${word}_of_plain" -d "$word:${p}_0" job.sh "${word}_of_plain" 2>&1
  echo "status $?"
done
sbatch -J "${P}part" -d "afterok:${a}_1:${a}_9" job.sh part
# With a step a list is without its last task: unlike in --array.
b=$(sbatch --parsable -J "${P}b" -a 0-6:3 job.sh b 0.2 6)
sbatch -J "${P}without_last" -d "afterok:${b}_[0-6:3]" job.sh without_last
sbatch -J "${P}whole_list" -d "afterok:${b}_[0-7:3]" job.sh whole_list
for list in 1-5:2,7 7,1-5:2 2-2:1 1-9:0 1-9:x; do
  sbatch -J "${P}listed_wrong" -d "afterok:${a}_[$list]" job.sh listed_wrong 2>&1
  echo "status $?"
done
sbatch -J "${P}listed" -d "afterok:${a}_[1-5:2]" job.sh listed
sbatch -J "${P}star" -d "afterok:${a}_*" job.sh star
