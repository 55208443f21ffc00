#!/bin/bash
# Samples through three stages that want different resources.
# order: align* each trim*
# order: call after align1 align2 align3 align4 align5
# order: report after call
# order: failed after align1 align2 align3 align4 align5
# never: call.plain
# never: align3.plain
aligned=
for sample in 1 2 3 4 5; do
  trim=$(sbatch --parsable -t 5 -J "${P}trim$sample" job.sh "trim$sample" 0.1 "$([[ $sample == 3 ]] && echo all)")
  align=$(sbatch --parsable -t 10 --mem=100 -J "${P}align$sample" -d "afterok:$trim" job.sh "align$sample" 0.2)
  aligned+=:$align
done
call=$(sbatch --parsable -t 15 --mem=200 -J "${P}call" -d "afterok$aligned" job.sh call)
sbatch -t 1 -J "${P}report" -d "afterok:$call" job.sh report
sbatch -t 1 -J "${P}failed" -d "afternotok$aligned" job.sh failed
