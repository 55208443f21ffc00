#!/bin/bash
# order: b after a
# order: c after b
# order: d after c
# order: f after e
# never: f.plain
set -e
a=$(sbatch --parsable -J "${P}a" job.sh a 0.3)
b=$(sbatch --parsable -J "${P}b" --dependency=afterok:$a job.sh b 0.2)
c=$(sbatch --parsable -J "${P}c" --dependency=afterok:$b job.sh c)
sbatch -J "${P}d" --dependency=afterok:$c job.sh d
e=$(sbatch --parsable -J "${P}e" job.sh e 0.3 all)
sbatch -J "${P}f" --dependency=afterok:$e job.sh f
