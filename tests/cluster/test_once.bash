#!/usr/bin/env bash
# A submission happens once: sbatch that hangs, answers nonsense, is missing, or whose answer is never noted.
# shellcheck disable=SC2154 # lib/once.bash sets real
# run: 40
set -euo pipefail
lib=$(dirname "$(readlink -f -- "$0")")/lib
. "$lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
. "$lib/once.bash"
fake 'exec '"$real"' "$@"'
name=$(new_session)
submit_once_done() { # SESSION: the next submit, once the sbatch of the last one has ended
  local words
  submit_when_done() { words=$(submit "$1") && [[ $words != *'the one of an earlier submission is still running'* ]]; }
  wait_until 'the last sbatch ends' submit_when_done "$1"
  printf %s "$words"
}
# An sbatch that has begun, and goes on when it is let.
waiting="touch $TEST_DIR/begun; until [[ -e $TEST_DIR/on ]]; do sleep 0.1; done"
begin() { # `sarray submit` of the session, in the background, until its sbatch has begun
  rm -f begun on
  sarray submit --session "$name" &
  wait_until 'its sbatch begins' test -e begun
}

# --- refuses: its words, its status, nothing lost
fake 'echo "sbatch: error: computer says no" >&2; exit 17'
assert_eq '17|sbatch: error: computer says no' "$(submit "$name")" 'a refusal'
assert_eq 2 "$(queued "$name")" 'jobs after a refusal'

# --- a wrapper fails after Slurm took the array: its id is what counts
fake "$real"' "$@"; status=$?; [[ $* != *sarray.slurm ]] || { echo "site: accounting file is full" >&2; exit 1; }; exit $status'
other=$(new_session)
words=$(submit "$other")
assert_contains "$words" '0|site: accounting file is full
sarray: warning: sbatch ended with status 1, but Slurm has the array, as job ' 'an id and a status'
wait_job "$(sed -n 's/.*Submitted batch job \([0-9]*\).*/\1/p' <<<"$words")"
assert_eq 0 "$(queued "$other")" 'jobs after an id and a status'
assert_eq 2 "$(wc -l <ran)" 'each task ran once, with a wrapper that fails'
rm ran

# --- the connection breaks, and the controller takes the array later
fake "(until [[ -e $TEST_DIR/late ]]; do sleep 0.2; done; exec $real "'"$@") >/dev/null 2>&1 & echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1'
other=$(new_session)
assert_eq '1|sbatch: error: Batch job submission failed: Socket timed out on send/recv operation
sarray: error: sbatch: status 1, and the connection to Slurm broke; it is not known whether Slurm accepted the array
hint: sarray submit, which looks for it before it submits anything' "$(submit "$other")" 'a connection that breaks'
fake 'echo must not be called >>called; exit 1'
assert_contains "$(submit "$other")" 'the one of an earlier submission is still running' 'it may come late'
touch late
words=$(submit_once_done "$other")
assert_contains "$words" 'sarray: note: an earlier submission of jobs 1,2, which was interrupted, is in Slurm as job ' 'what came late is found'
wait_job "$(sed -n 's/.*is in Slurm as job \([0-9]*\).*/\1/p' <<<"$words")"
[[ ! -e called ]] || fail 'sbatch was called again'
assert_eq 2 "$(wc -l <ran)" 'each task ran once, with a connection that broke'
rm ran

# --- hangs, before Slurm has it
fake 'exec sleep 30'
words=$(SARRAY_SBATCH_TIMEOUT=1 submit "$name")
assert_eq '1|sarray: error: sbatch: no answer within 1 s; it is not known whether Slurm accepted the array
hint: sarray submit, which looks for it before it submits anything' "$words" 'sbatch that hangs'
assert_eq 2 "$(queued "$name")" 'jobs after sbatch hung'

# --- accepted, but the answer never came
fake "$real"' "$@" >/dev/null; kill -9 $$'
words=$(submit "$name")
assert_contains "$words" 'sarray: note: an earlier submission of jobs 1,2 was interrupted before Slurm had it' 'the first cut is settled'
assert_contains "$words" 'sarray: error: sbatch: ended by signal 9; it is not known whether Slurm accepted the array' 'the second cut'
fake 'echo must not be called >>called; exit 1'
words=$(submit "$name")
assert_contains "$words" 'sarray: note: an earlier submission of jobs 1,2, which was interrupted, is in Slurm as job ' 'it is found'
id=$(sed -n 's/.*is in Slurm as job \([0-9]*\).*/\1/p' <<<"$words")
wait_job "$id"
[[ ! -e called ]] || fail 'sbatch was called again'
assert_eq 0 "$(queued "$name")" 'nothing is queued any more'
assert_eq 2 "$(wc -l <ran)" 'each task ran once'

# --- sarray itself is killed while sbatch runs, and sbatch goes on
fake "$waiting; $real "'"$@" >'"$TEST_DIR/late"
name=$(new_session)
begin >/dev/null 2>&1
kill -9 $!
wait $! 2>/dev/null || true
assert_contains "$(submit "$name")" 'sarray: error: sbatch: the one of an earlier submission is still running' 'its sbatch lives on'
touch on
fake 'echo must not be called >>called; exit 1'
words=$(submit_once_done "$name")
id=$(sed 's/Submitted batch job //' late)
assert_contains "$words" "which was interrupted, is in Slurm as job $id" 'a killed submit'
wait_job "$id"
[[ ! -e called ]] || fail 'sbatch was called again'
assert_eq 4 "$(wc -l <ran)" 'each task ran once, again'

# --- the same without standard streams: the lock that sbatch holds must not have one's number
fake "$waiting; exec $real "'"$@"'
name=$(new_session)
begin <&- >&- 2>&-
kill -9 $!
wait $! 2>/dev/null || true
assert_contains "$(submit "$name")" 'sarray: error: sbatch: the one of an earlier submission is still running' 'its sbatch lives on, without standard streams'
touch on
words=$(submit_once_done "$name")
assert_contains "$words" 'which was interrupted, is in Slurm as job ' 'a killed submit without standard streams'
wait_job "$(sed -n 's/.*is in Slurm as job \([0-9]*\).*/\1/p' <<<"$words")"
assert_eq 6 "$(wc -l <ran)" 'each task ran once, without standard streams'

# --- somebody else names a script as ours is named: their job is not taken for ours
fake 'for script; do :; done; echo "$script" >'"$TEST_DIR/marker; kill -9 \$\$"
name=$(new_session)
assert_contains "$(submit "$name")" 'ended by signal 9; it is not known whether Slurm accepted the array' 'cut off before Slurm'
marker=$(basename "$(dirname "$(<marker)")")
as_user sarray-test bash -c "mkdir -p ~/$marker && printf '#!/bin/sh\nsleep 60\n' >~/$marker/sarray.slurm && cd && $real --parsable -o /dev/null ~/$marker/sarray.slurm" >theirs
assert_contains "$(scontrol show job "$(<theirs)")" "$marker/sarray.slurm" 'their job has the name'
fake "exec $real "'"$@"'
words=$(submit "$name")
assert_contains "$words" 'jobs 1,2 was interrupted before Slurm had it' 'their job is not ours'
assert_contains "$words" '0|' 'it is submitted'
scancel "$(<theirs)"
assert_eq 0 "$(queued "$name")" 'and noted'

# --- nonsense
fake 'echo all is well'
name=$(new_session)
assert_contains "$(submit "$name")" 'sarray: error: sbatch: an answer without a job id; it is not known whether Slurm accepted the array' 'nonsense'
# --- drop and cancel after one that was interrupted
other=$(new_session)
assert_contains "$(submit "$other")" 'it is not known whether Slurm accepted the array' 'nonsense, again'
for command in 'drop 2' cancel; do
  # shellcheck disable=SC2086 # words of a command
  words=$(sarray $command --session "$other" 2>&1) || fail "$command after a cut: $words"
  assert_contains "$words" 'sarray: warning: an earlier submission of jobs 1,2 was interrupted; it is not known whether Slurm has them: squeue --me' "$command after a cut"
done
# --- missing
rm fake/sbatch
words=$(PATH=${SARRAY%/*}:/nowhere submit "$name")
assert_contains "$words" "sarray: error: sbatch: not found in PATH" 'a missing sbatch'
assert_eq 2 "$(queued "$name")" 'jobs after all that'
# --- two at once
fake "$waiting; exec $real "'"$@"'
begin >last 2>&1
for command in 'drop 1' cancel; do
  # shellcheck disable=SC2086 # words of a command
  words=$(sarray $command --session "$name" 2>&1) && fail "$command while sbatch runs"
  assert_contains "$words" "sarray: error: session $name: it is being submitted, or cancelled, by another process" "$command while sbatch runs"
done
assert_contains "$(submit "$name")" "sarray: error: session $name: it is being submitted, or cancelled, by another process" 'two at once'
touch on
wait $!
assert_eq 0 "$(queued "$name")" 'the first of them submitted'
wait_job "$(sed -n 's/Submitted batch job //p' last)"
echo "refused, hung, killed, nonsense, missing: nothing lost, nothing twice"
