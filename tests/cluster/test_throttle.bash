#!/usr/bin/env bash
# throttle on a running array: the limit; --kill and --requeue put the newest tasks above it back, --cancel ends them for good; one task's
# own id, and tasks that Slurm may not requeue.
# run: 12 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION
printf '#!/bin/bash\nsleep 100\n' >long.slurm

states() { squeue -h -r -j "$1" -o '%K %T' | sort -n | paste -sd ','; } # JOBID: "0 RUNNING,1 PENDING"
wait_states() {                                                        # JOBID STATES
  states_are() { [[ $(states "$1") == "$2" ]]; }
  wait_shows=squeue wait_until "states of $1: $2" states_are "$@"
}

id=$(sbatch --parsable -o /dev/null --array=0-5%2 long.slurm)
at_exit scancel "$id"
wait_states "$id" '0 RUNNING,1 RUNNING,2 PENDING,3 PENDING,4 PENDING,5 PENDING'
begun=$(date +%s)
wait_until 'the next second, so that the next tasks are the newest' second_after "$begun"
assert_eq "sarray: $id: at most 4 tasks at once" "$(sarray throttle "$id" -t 4 2>&1)" 'what it says'
wait_states "$id" '0 RUNNING,1 RUNNING,2 RUNNING,3 RUNNING,4 PENDING,5 PENDING'
assert_eq 4 "$(job_field "$id" ArrayTaskThrottle | sort -u)" 'the limit in scontrol'

assert_eq "sarray: would set the limit of $id to 3 and requeue ${id}_3" "$(sarray throttle "$id" --max 3 --requeue --dry-run 2>&1)" '--dry-run'
assert_eq "sarray: would set the limit of $id to 2 and requeue ${id}_3,${id}_2" "$(sarray throttle "$id" -t 2 --kill --dry-run 2>&1)" '--kill --dry-run'
assert_eq "sarray: would set the limit of $id to 2 and cancel ${id}_3,${id}_2" "$(sarray throttle "$id" -t 2 --cancel --dry-run 2>&1)" '--cancel --dry-run'
assert_eq "sarray: would set the limit of $id to 0" "$(sarray throttle "$id" -t 0 --kill --dry-run 2>&1)" 'no limit, nobody above it'
assert_eq 4 "$(job_field "$id" ArrayTaskThrottle | sort -u)" 'a dry run changes nothing'
wait_states "$id" '0 RUNNING,1 RUNNING,2 RUNNING,3 RUNNING,4 PENDING,5 PENDING'
assert_eq "sarray: $id: at most 3 tasks at once; requeued ${id}_3" "$(sarray throttle "$id" --max 3 --requeue 2>&1)" '--requeue'
wait_states "$id" '0 RUNNING,1 RUNNING,2 RUNNING,3 PENDING,4 PENDING,5 PENDING'
assert_eq "sarray: $id: at most 2 tasks at once; requeued ${id}_2" "$(sarray throttle "$id" --max 2 -k 2>&1)" '-k'
wait_states "$id" '0 RUNNING,1 RUNNING,2 PENDING,3 PENDING,4 PENDING,5 PENDING'
assert_eq "sarray: $id: at most 1 task at once; cancelled ${id}_1" "$(sarray throttle "$id" --max-tasks 1 --cancel 2>&1)" '--cancel'
wait_states "$id" '0 RUNNING,2 PENDING,3 PENDING,4 PENDING,5 PENDING'

# --- one task's own id is not the array's
own=$(squeue -h -r -j "$id" -o '%A %K' | awk '$2 == 2 { print $1 }')
words=$(sarray throttle "$own" -t 3 2>&1) && fail "a task's own id: $words"
assert_eq "sarray: error: job $own: that is the id of one task, ${id}_2, and the limit is the array's
hint: sarray throttle $id -t 3" "$words" "a task's own id"
assert_eq 1 "$(job_field "$id" ArrayTaskThrottle | sort -u)" 'and changes nothing'
assert_eq "sarray: $id: no limit" "$(sarray throttle "$id" -t 0 2>&1)" '-t 0 lifts the limit'
assert_eq 0 "$(scontrol show job "$id" | grep -c 'ArrayTaskThrottle=[1-9]' || true)" 'no limit in scontrol'
scancel "$id"

id=$(sbatch --parsable -o /dev/null --array=0-1 long.slurm)
at_exit scancel "$id"
status=0
words=$(sarray throttle "$id" -t 1 --kill --cancel 2>&1) || status=$?
assert_eq "2 sarray: error: throttle: --kill cannot be given together with --cancel
hint: sarray throttle --help" "$status $words" '--kill with --cancel'
assert_eq '' "$(scontrol show job "$id" | grep -o 'ArrayTaskThrottle=[1-9]' || true)" 'nothing was changed'
scancel "$id"

# --- what Slurm may not requeue is named, and runs on
id=$(sbatch --parsable --no-requeue -o /dev/null --array=0-1 long.slurm)
at_exit scancel "$id"
wait_states "$id" '0 RUNNING,1 RUNNING'
status=0
words=$(sarray throttle "$id" -t 1 --kill 2>&1) || status=$?
assert_eq 1 "$status" 'a task that should have gone stays: the status'
assert_contains "$words" 'left running, since Slurm may not requeue them (--no-requeue): '"$id"_ 'it is named'
assert_contains "$words" 'hint: --cancel ends them for good' 'what does end it'
wait_states "$id" '0 RUNNING,1 RUNNING'
assert_eq 1 "$(job_field "$id" ArrayTaskThrottle | sort -u)" 'the limit is set all the same'
scancel "$id"
echo "limit, --requeue, --kill, --cancel, --dry-run"
