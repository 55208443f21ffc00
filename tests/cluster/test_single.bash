#!/usr/bin/env bash
# One call that is submitted alone keeps its task ids as indices, and every command knows them.
# run: 20
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION SARRAY_NAMES

in_squeue() { squeue -h -r -t all -j "$1" -o %i | sort -t_ -k2n | paste -sd ' '; } # JOBID
submit_one() { # SBATCH OPTION...: prints the job id
  printf 'sbatch %s\n' "$*" | sarray submit - --parsable 2>table
}
cat >job.sh <<'END'
#!/bin/bash
echo "task $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_MIN-$SLURM_ARRAY_TASK_MAX"
[[ ! -e fail-$SLURM_ARRAY_TASK_ID ]]
END
touch fail-4
id=$(submit_one --array=3-5 -o 'out_%a' job.sh)
assert_contains "$(cat table)" '3-5' 'the table'
wait_job "$id"
assert_eq "${id}_3 ${id}_4 ${id}_5" "$(in_squeue "$id")" 'squeue shows the ids of the call'
for i in 3 4 5; do assert_eq "task $i of 3-5" "$(cat "out_$i")" "task $i"; done
assert_eq "${id}_4 4 ${id}_3 ${id}_5" "$(sarray which 2000000001_4 | awk '$1 == "task" { print $2 }') $(sarray which "${id}_4" --json |
  python3 -c 'import json,sys; print(json.load(sys.stdin)["tasks"][0]["local_id"])') $(sarray status "$id" --tasks | awk '/completed$|completed / && /_/ { print $1 }' | paste -sd ' ')" \
  'which and status'
assert_eq '2 of 3 done (66 %), 1 failed' "$(sarray status "$id" | grep ' done (')" 'the counts'
assert_eq "$id 3" "$(sarray history --json | python3 -c 'import json,sys; s=json.load(sys.stdin)["submissions"][-1]; print(s["job_id"], s["tasks"])')" 'history'
assert_contains "$(sarray history)" '2 completed, 1 failed' 'the states in the history'
assert_eq "sarray: error: --tasks 0: the array's indices are 3 to 5" "$(sarray cancel "$id" --tasks 0 2>&1 | head -n 1)" 'an index that there is not'
assert_eq "sarray: error: job $id: its indices are 3 to 5" "$(sarray which "${id}_6" 2>&1 | head -n 1)" 'another one'
rm fail-4
again=$(sarray retry "$id" --parsable 2>/dev/null)
wait_job "$again"
assert_eq "3 of 3 done (100 %)" "$(sarray status "$id" | grep ' done (')" 'after a retry'
assert_eq 'task 4 of 3-5' "$(cat out_4)" 'the retried task'

# --- in JSON first_index + k is the task's index
assert_eq '7-9 7 3' "$(echo 'sbatch --array=7-9%2 -H job.sh' | sarray submit - --json 2>/dev/null |
  python3 -c 'import json,sys; a=json.load(sys.stdin)["arrays"][0]; print(a["array"], a["jobs"][0]["first_index"], a["tasks"])')" 'submit --json'
held=$(squeue -h -n job.sh -t PD -o '%F %Z' | awk -v d="$PWD" '$2 == d { print $1 }' | sort -u)
assert_eq "${held}_7 ${held}_8 ${held}_9" "$(in_squeue "$held")" 'a range that is held'
# --- and a later call that waits for one task of it waits for that index
child=$(submit_one -d afterok:2000000002_8 -o after.txt --wrap true)
assert_contains "$(job_field "$child" Dependency)" "afterok:${held}_8(" 'a dependency on one of its tasks'
after=$(submit_one -d afterok:2000000001_3 -o after.txt --wrap "'echo after'")
wait_job "$after"
assert_eq after "$(cat after.txt)" 'a dependency on a task that is done'
sarray cancel "$child" 2>/dev/null
sarray cancel "$held" --tasks 8 2>cancelled
assert_eq "sarray: cancelled 1 task: ${held}_[8]" "$(cat cancelled)" 'cancel --tasks'
sarray cancel 2000000002_9 2>cancelled
assert_contains "$(cat cancelled)" "${held}_[9]" 'cancel by virtual id'
sarray cancel "$held" 2>cancelled
assert_contains "$(cat cancelled)" "${held}_[7]" 'the rest'

# --- a gap, a step, or a second call: indices from 0
id=$(submit_one --array=3,5 -o /dev/null job.sh)
assert_eq "${id}_0 ${id}_1" "$(in_squeue "$id")" 'ids with a gap'
id=$(submit_one --array=0 -o /dev/null job.sh)
assert_eq "${id}_0" "$(in_squeue "$id")" 'one task'
id=$(submit_one --array=2-9:3,10 -o /dev/null job.sh)
assert_eq "${id}_0 ${id}_1 ${id}_2 ${id}_3" "$(in_squeue "$id")" 'ids with a step'
wait_job "$id"
echo "one call alone: 3-5 stays 3-5, in squeue and in every command"
