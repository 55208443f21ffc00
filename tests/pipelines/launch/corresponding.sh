#!/bin/bash
# order: b corr a
# order: c corr b
# order: shifted corr a
# order: whole corr a
# order: after_plain corr p
# never: b.2
# never: b.3
# never: b.5
# never: whole.plain
p=$(sbatch --parsable -J "${P}p" job.sh p 0.3)
a=$(sbatch --parsable -J "${P}a" --array=1-8 -d afterok:$p job.sh a 0.3 2,3,5)
b=$(sbatch --parsable -J "${P}b" --array=1-8 --dependency=aftercorr:$a job.sh b 0.1)
sbatch -J "${P}c" --array=1-8 --dependency=aftercorr:$b job.sh c
sbatch -J "${P}shifted" --array=6-8 -d aftercorr:$a job.sh shifted
sbatch -J "${P}whole" -d aftercorr:$a job.sh whole
sbatch -J "${P}after_plain" --array=0-2 -d aftercorr:$p job.sh after_plain
