#!/bin/bash
# Arrays that correspond in part: of other sizes, other steps, with a throttle, and of plain jobs.
# order: more corr a
# order: fewer corr a
# order: odd corr steps
# order: even corr steps
# order: throttled corr a
# order: of_throttled corr throttled
# order: two corr a
# order: two corr steps
# order: single corr a
# never: fewer.2
a=$(sbatch --parsable -J "${P}a" -a 0-3 job.sh a 0.3 2)
steps=$(sbatch --parsable -J "${P}steps" -a 1-9:2 job.sh steps 0.2 3)
sbatch -J "${P}more" -a 0-5 -d "aftercorr:$a" job.sh more
sbatch -J "${P}fewer" -a 1,2 -d "aftercorr:$a" job.sh fewer
sbatch -J "${P}odd" -a 1-9:2 -d "aftercorr:$steps" job.sh odd
sbatch -J "${P}even" -a 0-4 -d "aftercorr:$steps" job.sh even
throttled=$(sbatch --parsable -J "${P}throttled" -a 0-3%1 -d "aftercorr:$a" job.sh throttled 0.1)
sbatch -J "${P}of_throttled" -a 0-3 -d "aftercorr:$throttled" job.sh of_throttled
sbatch -J "${P}two" -a 1-3 -d "aftercorr:$a:$steps" job.sh two
sbatch -J "${P}single" -a 1 -d "aftercorr:$a" job.sh single
