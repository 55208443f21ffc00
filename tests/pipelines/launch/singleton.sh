#!/bin/bash
# order: s2 after s1
# order: s3 after s1 s2
# order: s4 after s1 s2 s3
# order: after_last after s4
# order: both after s1 s2 s3 s4
# order: both after other
for i in 1 2 3; do
  sbatch -J "${P}lane" --dependency=singleton job.sh "s$i" "0.$((4 - i))"
done
last=$(sbatch --parsable -J "${P}lane" -d singleton job.sh s4 0.1)
sbatch -J "${P}after_last" -d "afterok:$last" job.sh after_last
other=$(sbatch --parsable -J "${P}other" job.sh other 0.5)
sbatch -J "${P}lane" -d "singleton,afterok:$other" job.sh both
