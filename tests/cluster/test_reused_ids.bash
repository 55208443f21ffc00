#!/usr/bin/env bash
# Job ids come again (here: a controller that lost its state): what sarray noted of an array is never done to, nor reported of, another
# job that has its id now. Also a virtual id whose array is gone, a retry whose id came again, and a script that is given by hand.
# run: 40
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster --conf ClusterName=reused
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION
printf '#!/bin/bash\nsleep 300\n' >sl.sh

# The cluster's controller, begun again with nothing that it knew.
lose_state() {
  local state
  state=$(scontrol show config | sed -n 's/^StateSaveLocation *= *//p')
  scontrol shutdown slurmctld
  wait_for 'the end of slurmctld' controller_is_down
  find "$state" -mindepth 1 -delete
  slurmctld -c -f "$SLURM_CONF"
  wait_for 'slurmctld' controller_is_up
}
controller_is_up() { timeout 10 scontrol ping | grep -q ' UP$'; }
controller_is_down() { ! controller_is_up && [[ -z $(ours slurmctld) ]]; }
ours() { # NAME: processes of that name with this cluster's configuration
  local pid
  for pid in $(pgrep -x "$1"); do
    tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF "$SLURM_CONF" && echo "$pid"
  done
  return 0
}
wait_for() { # WHAT COMMAND...
  local end=$((SECONDS + 120)) what=$1
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "waited for $what"
    sleep 0.2
  done
}
refused() { # MSG COMMAND...: it fails, and says by name that another job has the id
  local message=$1 status=0 words
  shift
  words=$("$@" 2>&1) || status=$?
  ((status != 0)) || fail "$message: not refused"$'\n'"$words"
  assert_contains "$words" 'job 1: another job has that id now' "$message"
  assert_contains "$words" 'not the array of 4 tasks that sarray submitted as job 1' "$message"
}

printf '%s\n' 'sbatch -H -J train sl.sh' 'sbatch -H -J eval sl.sh' 'sbatch -H -J sim --array=0-1 sl.sh' >q3
id=$(sarray submit q3 --parsable 2>/dev/null)
assert_eq 1 "$id" 'the first job of a cluster'
assert_eq '0 of 4 done (0 %), 4 pending' "$(sarray status 1 | grep ' done ')" 'status of the array itself'
cp state/submissions/*/sarray.slurm old.slurm
lose_state

precious=$(sbatch -H --parsable -o /dev/null --array=0-5 -J precious --wrap 'sleep 300')
assert_eq 1 "$precious" 'the id came again'
refused 'cancel of a job' sarray cancel 1 --job eval
refused 'cancel of all' sarray cancel 1
refused 'cancel by a task' sarray cancel 1_1
refused 'cancel by a virtual id' sarray cancel 2000000003
refused 'hold' sarray hold 1
refused 'release' sarray release 1
refused 'requeue' sarray requeue 1
refused 'retry' sarray retry 1
refused 'status' sarray status 1
refused 'status by a virtual id' sarray status 2000000002
refused 'which' sarray which 1_1
refused 'logs' sarray logs 1
for command in cancel status; do
  words=$(sarray "$command" 1 --from old.slurm 2>&1) && fail "$command --from: not refused"$'\n'"$words"
  assert_contains "$words" 'old.slurm: it is not the script of job 1' "$command --from"
done
words=$(sarray throttle 1 -t 1 2>&1) && fail "throttle: not refused"$'\n'"$words"
assert_contains "$words" 'job 1: another job has that id now' 'throttle'
assert_contains "$(sarray history 2>&1)" 'job 1: another job has that id now' 'history'
assert_eq '4 unknown' "$(sarray history 2>/dev/null | grep -o '4 unknown')" 'history does not count the other job'
assert_eq '6 PENDING' "$(squeue -h -r -j 1 -o %T | sort | uniq -c | sed 's/^ *//')" 'nothing was done to the other job'
assert_eq '' "$(scontrol show job 1 | grep -o 'ArrayTaskThrottle=[1-9]' || true)" 'nor was its limit set'

# --- another array of sarray's with the same id: it is the one that is meant, and the old virtual ids still mean the old one
scancel 1
lose_state
echo 'sbatch -H -J second --array=0-2 sl.sh' >q4
assert_eq 1 "$(sarray submit q4 --parsable 2>/dev/null)" 'a second array of the same id'
assert_contains "$(sarray status 1)" 'array 1: 1 job, 3 tasks' 'the newer is meant'
refused 'an old virtual id' sarray cancel 2000000003
assert_eq "sarray: would cancel 1 task: 1_[1]" "$(sarray cancel 1_1 -n 2>&1)" 'the new one is ours'
assert_eq "sarray: would cancel 3 tasks: 1_[0-2]" "$(sarray cancel 2000000004 -n 2>&1)" 'by its virtual id'
assert_eq '1 job' "$(sarray history --json | python3 -c '
import json, sys
s = json.load(sys.stdin)["submissions"]
assert [x["states"]["unknown"] for x in s] == [4, 0] and s[1]["states"]["pending"] == 3, s
print("1 job")')" 'history tells the two apart'

# --- a plain job has the id, then a task of another array
scancel 1
lose_state
assert_eq 1 "$(sbatch -H --parsable -o /dev/null -J plain --wrap 'sleep 300')" 'a plain job with the id'
words=$(sarray cancel 1 2>&1) && fail "cancel of what is a plain job now"$'\n'"$words"
assert_contains "$words" 'job 1: another job has that id now' 'a plain job'
assert_eq PENDING "$(squeue -h -j 1 -o %T)" 'it is still there'
echo "notes act on their own submission only"
