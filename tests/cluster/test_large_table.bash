#!/usr/bin/env bash
# Jobs whose table is large: each task finds its page in the submission's folder or, if that cannot be read on the node, in the script.
# run: 15
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION SARRAY_NAMES

printf '#!/bin/bash\necho "$1 $(cksum <<<"$2")" >"$3/$1"\n' >job.sh
mkdir alone beside without
for ((i = 0; i < 24; i++)); do
  text=
  for ((k = 0; k < 2000; k++)); do text+=$((RANDOM % 9000 + 1000)); done
  for run in alone beside without; do echo "sbatch -H -o /dev/null -J large$$ job.sh $i $text $run" >>"queue.$run"; done
  echo "$i $(cksum <<<"$text")" >"alone/$i" # what the job does: nothing of it is Slurm's
done

for run in beside without; do
  id=$(sarray submit "queue.$run" --parsable 2>err) || fail "$(cat err)"
  pages=$(sed -n 's/^SARRAY_SCRATCH=//p' sarray.slurm | tr -d "'")/pages
  [[ -s $pages/0 && $(stat -c %a "$pages") == 700 && $(stat -c %a "$pages/0") == 600 ]] || fail "$pages: not there, or not private"
  if [[ $run == without ]]; then mv "$pages" "$pages.away"; fi
  scontrol release "$id"
  wait_job "$id"
  diff -r alone "$run" || fail "$run: a task did something else"
done
echo "24 tasks with 8 KB of arguments each, with the folder of the submission and without"
