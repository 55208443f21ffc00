#!/usr/bin/env bash
# No value of the environment reaches an argument of any process, a message, a log, or a file that others can read: every command is traced
# with a value that would be known again.
# run: 25
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/home/state NO_COLOR=1
mkdir -m 755 home traces
unset SARRAY_SESSION
value=hunter-$RANDOM$RANDOM
export SHARED_TOKEN=shared-$value # of all calls alike
commands=0

traced() { # COMMAND...: its arguments and those of all that it starts, what it says; its status
  local status=0
  commands=$((commands + 1))
  strace -f -qq -s 1000000 -e trace=execve -e signal=none -o "traces/argv.$commands" "$@" >"traces/out.$commands" 2>"traces/err.$commands" || status=$?
  return "$status"
}
is_seen() { grep -rlF -- "$value" traces; } # by whoever looks at a process list, a terminal or a log

# The test notices: a value on a command line, one that is printed.
traced bash -c 'env "A=$SHARED_TOKEN" true; echo "$SHARED_TOKEN"'
assert_eq "traces/argv.1 traces/out.1" "$(is_seen | sort | paste -sd ' ')" 'a leak'
rm traces/*

cat >job.slurm <<'END'
#!/bin/bash
[[ $OWN_KEY == own-?-hunter-* && $SHARED_TOKEN == shared-hunter-* ]] && echo "$1 has them" >>"$RESULTS"
exit $1
END
cat >calls.sh <<END
export RESULTS=$TEST_DIR/results
for i in 0 1 2; do OWN_KEY=own-\$i-$value sbatch -J job\$i job.slurm \$i; done
OWN_KEY=own-3-$value sbatch --time=7 job.slurm 3       # cannot share their array
OWN_KEY=own-4-$value sbatch --no-such-option job.slurm # refused
OWN_KEY=own-5-$value sbatch --array=x job.slurm        # likewise
OWN_KEY=own-6-$value sbatch /nonexistent
OWN_KEY=own-7-$value sbatch --wait job.slurm
true
END
traced "$SARRAY" listen <calls.sh
session=$(sed -n 's/^sarray: session \(\S*\) keeps 4 jobs.*/\1/p' "traces/err.$commands")
[[ -n $session ]] || fail "no session: $(cat "traces/err.$commands")"
grep -qaF "own-0-$value" "$SARRAY_STATE_DIR/sessions/$session/journal" || fail 'the value is not in the journal'
traced "$SARRAY" list --session "$session"
traced "$SARRAY" list --json --session "$session"
traced "$SARRAY" submit --session "$session" && fail 'they share an array'
traced "$SARRAY" drop --session "$session" 4
traced "$SARRAY" sessions
traced env PATH=/nonexistent "$SARRAY" submit --session "$session" && fail 'submitted without sbatch'
traced "$SARRAY" submit --session "$session" --partition=nosuch && fail 'submitted to no partition'
traced "$SARRAY" submit --session "$session" -o "$TEST_DIR/home/array.slurm"
id=$(sed -n 's/^Submitted batch job //p' "traces/out.$commands")
assert_contains "$(cat "traces/err.$commands")" 'in the batch script, which Slurm'"'"'s administrators can read: OWN_KEY' 'the warning'
wait_job "$id"
assert_eq '0 has them|1 has them|2 has them' "$(sort results | paste -sd '|')" 'the tasks have their values'

for words in "status $id" "status $id --tasks --json" "status $id --failed" "logs $id" "logs $id --failed" history 'history --json' "which $id" "hold $id"; do
  # shellcheck disable=SC2086 # words
  traced "$SARRAY" $words </dev/null || true
done
traced "$SARRAY" which "${id}_1"
traced "$SARRAY" which --json "${id}_1"
traced "$SARRAY" find job1
traced "$SARRAY" find "$value" || true # nothing is found by a value
rm "traces/argv.$commands" "traces/err.$commands"
traced "$SARRAY" retry "$id" -o nowhere || true
traced "$SARRAY" retry "$id"
retried=$(sed -n 's/^Submitted batch job //p' "traces/out.$commands")
traced "$SARRAY" throttle "$retried" -t 1 || true
wait_job "$retried"
traced "$SARRAY" cancel "$retried" </dev/null || true
traced "$SARRAY" status "$retried"
printf 'OWN_KEY=own-8-%s sbatch job.slurm 8\n' "$value" >queue
chmod 600 queue
traced "$SARRAY" submit queue -o "$TEST_DIR/home/queue.slurm"
wait_job "$(sed -n 's/^Submitted batch job //p' "traces/out.$commands")"
printf 'OWN_KEY=own-9-%s sbatch job.slurm 8 | cat\n' "$value" >queue
traced "$SARRAY" submit queue && fail 'a queue file with a pipe was taken'
traced "$SARRAY" sessions --prune --keep 0 --older-than 0

# The dispatcher, as a node runs it: nothing but the job's own command line.
export RESULTS=$TEST_DIR/results
traced env SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_JOB_ID=1 SLURM_JOB_ID=2 SLURMD_NODENAME=n1 bash -p home/array.slurm || true
assert_eq 3 "$(grep -c "^1 has them" results)" "the first run, the retry, and the traced one"

[[ -z $(is_seen) ]] || fail "a value is seen: $(grep -rF -- "$value" traces | cut -c 1-500)"
grep -rlF -- "$value" "$SARRAY_CLUSTER_DIR/log" && fail "Slurm's log has a value"
open=$(find "$TEST_DIR" -type f \( -perm /177 \) -not -name calls.sh -exec grep -lF -- "$value" {} +) || true
[[ -z $open ]] || fail "others can read it: $open"
# A script that a node runs is executable, as Slurm's own copy is, and so are a session's programs.
open=$(find "$SARRAY_STATE_DIR" \( -type f -perm /077 -o -type f -perm /100 -not -name slurm_script -not -path "*/programs/*" -not -path "*/bin/*" -o -type d -perm /077 \))
[[ -z $open ]] || fail "not private: $open"
# The script, which is 0600, has it.
[[ $(<home/array.slurm) == *"1-$value"* ]] || fail 'the script has no values'
# What cannot be kept from others is told: bash cannot hold such a name.
printf 'sbatch job.slurm 8\n' >queue
words=$(env "my.key=$value" "$SARRAY" submit queue -n 2>&1 >/dev/null)
assert_contains "$words" 'sarray: warning: no shell can hold variables of these names: on the compute node their values are arguments of env for a moment, which others there can read: my.key' 'a name that no shell can hold'
[[ $words != *"$value"* ]] || fail 'a warning shows a value'
echo "$commands commands traced: no value in arguments, words, logs or open files"
