#!/usr/bin/env bash
# A retry, and a queue file's submission, happen once: killed after Slurm took them, cut off later, two at once.
# shellcheck disable=SC2154 # lib/once.bash sets real
# run: 20
set -euo pipefail
lib=$(dirname "$(readlink -f -- "$0")")/lib
. "$lib/cluster.bash"
need_cluster --own # it looks at all arrays of its user
cd "$TEST_DIR"
. "$lib/once.bash"
printf '#!/bin/bash\necho ran >>%q/ran\nuntil [[ -e %q/go ]]; do sleep 0.2; done\nexit 1\n' "$TEST_DIR" "$TEST_DIR" >job.slurm
finish() { # JOBID: until then its tasks have not failed
  touch go
  wait_job "$1"
  rm go
}
fake 'exec '"$real"' "$@"'
name=$(new_session)
id=$(sarray submit --session "$name" --parsable 2>/dev/null)
finish "$id"
retry() { # status and words
  local status=0 words
  words=$(sarray retry "$id" 2>&1) || status=$?
  printf '%s|%s' "$status" "$words"
}
last_submitted() { sarray history --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["submissions"][-1]["job_id"])'; }
runs() { wc -l <ran; }

# --- killed after Slurm took it
fake "$real"' "$@" >/dev/null; kill -9 $PPID'
(sarray retry "$id" >/dev/null 2>&1) || true
fake 'echo must not be called >>called; exit 1'
words=$(retry)
assert_contains "$words" "1|" 'nothing is retried while the first retry is on its way'
[[ ! -e called ]] || fail 'sbatch was called again'
second=$(last_submitted)
finish "$second"
assert_eq 4 "$(runs)" 'each failed task ran once more'

# --- cut off, and taken later
fake "(until [[ -e $TEST_DIR/late ]]; do sleep 0.2; done; exec $real "'"$@") >/dev/null 2>&1 & echo "sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received" >&2; exit 1'
words=$(retry)
assert_contains "$words" "hint: sarray retry $id, which looks for it before it submits anything" 'a connection that breaks'
fake 'echo must not be called >>called; exit 1'
assert_contains "$(retry)" '1|sarray: error: sbatch: the one of an earlier submission is still running' 'its sbatch lives on'
touch late
retry_when_done() { words=$(retry) && [[ $words != *'the one of an earlier submission is still running'* ]]; }
wait_until 'the late sbatch ends' retry_when_done
assert_contains "$words" "sarray: error: job $id: no tasks to run again" 'what came late is found'
[[ ! -e called ]] || fail 'sbatch was called again'
third=$(last_submitted)
[[ $third != "$second" ]] || fail 'what came late is not noted'
finish "$third"
assert_eq 6 "$(runs)" 'each failed task ran once more, again'

# --- two at once
fake "touch $TEST_DIR/begun; until [[ -e $TEST_DIR/on ]]; do sleep 0.2; done; exec $real "'"$@"'
sarray retry "$id" >first 2>&1 &
wait_until 'its sbatch begins' test -e begun
words=$(retry)
assert_contains "$words" "1|sarray: error: job $id: another retry of it is running" 'two at once'
touch on
wait $!
finish "$(sed -n 's/Submitted batch job //p' first)"
assert_eq 8 "$(runs)" 'one of the two was submitted'

# --- a queue file
printf 'sbatch job.slurm\nsbatch job.slurm\n' >calls
fake "$real"' "$@" >/dev/null; kill -9 $PPID'
(sarray submit calls >/dev/null 2>&1) || true
fake 'echo must not be called >>called; exit 1'
words=$(sarray submit calls 2>&1) && fail 'a file is submitted twice'
assert_contains "$words" "sarray: error: an earlier submission of $PWD/calls: it was interrupted, but Slurm has it as job " 'a queue file'
[[ ! -e called ]] || fail 'sbatch was called again'
finish "$(sed -n 's/.*is in Slurm as job \([0-9]*\).*/\1/p' <<<"$words")"
fake 'exec '"$real"' "$@"'
fifth=$(sarray submit calls --parsable 2>/dev/null)
finish "$fifth"
assert_eq 12 "$(runs)" 'once more, where that is what was meant'
echo 'retries and queue files: nothing twice'
