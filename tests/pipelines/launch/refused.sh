#!/bin/bash
# What sbatch refuses by its form: its words and status are part of what is compared.
# order: b after a
a=$(sbatch --parsable -J "${P}a" job.sh a 0.2)
for form in afterok: afterok afterok:abc "afterok:$a," "foo:$a" "afterok:$a:" "afterok:${a}_1-3" "after:$a+0" "after:$a+x" "singleton:$a"; do
  sbatch -J "${P}x" -d "$form" job.sh x 2>&1
  echo "status $?"
done
sbatch -J "${P}b" -d "afterok:$a" job.sh b
