#!/bin/bash
# Each job has one that cleans up if it fails, and one that goes on if not; the end comes in each case.
# order: next1 after job1
# order: next2 after job2
# order: clean1 after job1
# order: clean2 after job2
# order: end after job1 job2
# order: after_clean after clean2
# never: next2.plain
# never: clean1.plain
for i in 1 2; do
  id=$(sbatch --parsable -J "${P}job$i" job.sh "job$i" 0.3 "$([[ $i == 2 ]] && echo all)")
  sbatch -J "${P}next$i" --dependency="afterok:$id" job.sh "next$i"
  clean=$(sbatch --parsable -J "${P}clean$i" --dependency="afternotok:$id" job.sh "clean$i" 0.1)
  ids="${ids:+$ids,}afterany:$id"
done
sbatch -J "${P}after_clean" --dependency="afterok:$clean" job.sh after_clean
# Waits forever: for one that waits forever.
first_clean=$(sbatch --parsable -J "${P}no_clean" --dependency="afternotok:$clean" job.sh no_clean)
sbatch -J "${P}never" --dependency="afterany:$first_clean" job.sh never
sbatch -J "${P}end" --dependency="$ids" job.sh end
