#!/bin/bash
# Singletons of all sorts: arrays, with a parent of their own name, with others beside them, and one whose name nobody else has.
# order: second after first
# order: third after first second
# order: array after first second third
# order: alone after p
# order: after_array after array
p=$(sbatch --parsable -J "${P}p" job.sh p 0.4)
first=$(sbatch --parsable -J "${P}lane" job.sh first 0.3)
second=$(sbatch --parsable -J "${P}lane" -d "singleton,afterok:$first" job.sh second 0.2)
sbatch -J "${P}lane" -d "afterok:$second:$p,singleton" job.sh third
array=$(sbatch --parsable -J "${P}lane" -a 0-2 -d singleton job.sh array 0.1)
sbatch -J "${P}lane" -d "afterany:$array,singleton" job.sh after_array
sbatch -J "${P}alone" -d "singleton,afterok:$p" job.sh alone
