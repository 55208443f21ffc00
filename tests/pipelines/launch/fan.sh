#!/bin/bash
# One preparation, many workers as an array, one that joins them: and the same with workers that fail.
# order: work after prepare
# order: join after work
# order: bad_work after prepare
# order: bad_join after bad_work
# order: clean after bad_work
# order: report after bad_work
# order: report after join
# never: bad_join.plain
# never: good_clean.plain
prepare=$(sbatch --parsable -J "${P}prepare" job.sh prepare 0.3)
work=$(sbatch --parsable -J "${P}work" --array=1-8 -d afterok:$prepare job.sh work 0.3)
join=$(sbatch --parsable -J "${P}join" -d afterok:$work job.sh join)
bad=$(sbatch --parsable -J "${P}bad_work" --array=0-10:2 -d afterok:$prepare job.sh bad_work 0.2 4,6)
sbatch -J "${P}bad_join" -d afterok:$bad job.sh bad_join
sbatch -J "${P}clean" -d afternotok:$bad job.sh clean
sbatch -J "${P}good_clean" -d afternotok:$work job.sh good_clean
sbatch -J "${P}report" -d afterany:$bad:$join job.sh report
