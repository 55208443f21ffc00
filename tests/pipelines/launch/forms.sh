#!/bin/bash
# Forms that nobody writes on purpose: taken or refused, in the same words. (Not among them are ID_ and ID_[1-2%1]: docs/pipelines.md.)
# order: b after a
a=$(sbatch --parsable -J "${P}a" -a 1-4 job.sh a 1)
at=0
for form in " afterok:$a" "afterok: $a" "afterok:$a " "afterok:+$a" "afterok:0$a" "afterok:$a;x" "afterok:$a@x" "afterok,$a" \
  "afterok:$a,," ",afterok:$a" "?afterok:$a" "afterok:$a?" "afterok::$a" "afterok:${a}_x" "afterok:${a}_1_2" "afterok:${a}_[]" \
  "afterok:${a}_[3,1]" "afterok:${a}_[1-2]%1" "afterok:${a}_[1" "after:$a+" "after:$a+-1" "afterok:$a+5" \
  "after$a" "afterokay:$a" "afterok:$a:afterany:$a" "afterany:$a,afterok" "$a,$a" "$a:$a" "${a}_1" none None "''" "afterok=$a" "afterany:$a/1" \
  "singleton,singleton" "singleton:" "SINGLETON" "afterok:0" "afterok:$a.batch" "afterok:$a.0"; do
  at=$((at + 1))
  echo "$at $form"
  sbatch -J "${P}f$at" -d "$form" job.sh "f$at" 2>&1
  echo "status $?"
done
sbatch -J "${P}b" -d "afterok:$a" job.sh b
