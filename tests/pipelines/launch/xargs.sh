#!/bin/bash
# Several submit at once.
# order: join after w1 w2 w3 w4 w5
seq 5 | xargs -P 4 -I {} sh -c 'sbatch --parsable -J "${P}w{}" job.sh w{} 0.3 >{}.id'
ids=$(cat ?.id | paste -sd:)
sbatch -J "${P}join" -d "afterok:$ids" job.sh join
