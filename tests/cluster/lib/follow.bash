# shellcheck shell=bash
# The story that test_follow*.bash tell with and without accounting: 6 jobs and 60 tasks, of which some succeed, fail, run out of
# time, are cancelled and wait; then a retry, lost notes, and a controller that has forgotten.
# Needs lib/cluster.bash, and a cluster of its own (--conf).

# json PYTHON-EXPRESSION COMMAND...: evaluates the expression on `j`, the command's JSON.
json() {
  local expression=$1
  shift
  "$@" | python3 -c 'import json, sys; j = json.load(sys.stdin); print(eval(sys.argv[1]))' "$expression"
}

counts() { # JOBID [OPTION...]: "completed failed timeout cancelled running pending unknown"
  json '" ".join(str(j["states"][s]) for s in "completed failed timeout cancelled running pending unknown".split())' "$SARRAY" status "$@" --json 2>/dev/null
}

wait_counts() { # WANT JOBID
  local waited=$2
  show_tasks() { "$SARRAY" status "$waited" --tasks; }
  counts_are() { [[ $(counts "$2") == "$1" ]]; }
  wait_shows=show_tasks wait_until "status says '$1'" counts_are "$1" "$2"
}

follow_lib=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")")

submit_story() { # sets id
  mkdir logs
  cat >job.sh <<'JOB'
#!/bin/bash
# 漢字: a database of latin1 keeps question marks of it
until [ -e go ]; do sleep 0.2; done
echo "$* id=${SLURM_ARRAY_TASK_ID-none} of ${SLURM_ARRAY_TASK_COUNT-},${SLURM_ARRAY_TASK_MIN-},${SLURM_ARRAY_TASK_MAX-} $SLURM_JOB_NAME $COLOUR"
[ -e fixed ] && exit 0
case $1-${SLURM_ARRAY_TASK_ID-} in
  first-7) exit 3 ;;
  third-11) kill -9 $$ ;;
  slow-* | victim-*) sleep 300 ;;
esac
JOB
  cat >queue <<'QUEUE'
COLOUR=red sbatch -t1 -a 1-20 -J alpha -o logs/%x_%a.out job.sh first
sbatch -t1 -J beta -o logs/%x-%j.out job.sh second 'x y'
sbatch -t1 -a 0-29 -J 'n me я' job.sh third
sbatch -t1 -J slow -e logs/slow.err job.sh slow
sbatch -t1 -a 5-9 -J victim job.sh victim
sbatch -t1 -a 1-3 -J held job.sh sixth
QUEUE
  id=$("$SARRAY" submit queue -t 8 --parsable 2>submit.err) || fail "submit: $(cat submit.err)"
}

check_while_it_runs() {
  wait_counts '0 0 0 0 8 52 0' "$id"
  assert_contains "$("$SARRAY" status "$id")" 'pending because: 52 JobArrayTaskLimit' 'the reason for pending'
  "$SARRAY" hold "$id" --job held 2>hold.err || fail "hold: $(cat hold.err)"
  assert_contains "$(cat hold.err)" "held 3 tasks: ${id}_[57-59]" 'hold says which'
  touch go
  wait_counts '49 2 0 0 6 3 0' "$id"
  "$follow_lib/compare_status" "$SARRAY" "$id" >compared || fail "text and JSON differ: $(cat compared)"
  local text
  text=$("$SARRAY" status "$id" --tasks --failed)
  assert_contains "$text" "${id}_6  " 'a failed task in status --tasks --failed'
  assert_contains "$text" 'failed (exit 3)' 'an exit status'
  assert_contains "$text" 'failed (signal 9)' 'a signal'
  assert_eq 2 "$(grep -c '^[0-9]*_' <<<"$text")" 'failed tasks'
  assert_eq 0 "$("$SARRAY" status "$id" | awk 'length > 200' | wc -l)" 'lines of status'
  "$SARRAY" cancel "$id" --job 'vic*' -n 2>cancel.err
  assert_contains "$(cat cancel.err)" "would cancel 5 tasks: ${id}_[52-56]" 'cancel --dry-run'
  "$SARRAY" cancel "$id" --job 'vic*' 2>cancel.err || fail "cancel: $(cat cancel.err)"
  wait_counts '49 2 0 5 1 3 0' "$id"
  if "$SARRAY" cancel "$id" --job victim 2>cancel.err; then fail 'cancelled twice'; fi
  assert_contains "$(cat cancel.err)" 'no matching task is pending or running' 'a second cancel'
  "$SARRAY" release "$id" --tasks 57-58 2>/dev/null
  wait_counts '51 2 0 5 1 1 0' "$id"
  "$SARRAY" release "2000000006_3" 2>/dev/null
}

check_which() { # STATE EXIT [OPTION...]: of the task that is retried later; options of status and its kind
  local vid end="$1 $2"
  shift 2
  assert_eq "7 alpha first $PWD/logs/alpha_7.out $end" \
    "$(json '" ".join(str(j["tasks"][0][k]) for k in "local_id name".split()) + " " + " ".join(j["tasks"][0]["arguments"]) + " " + j["tasks"][0]["output"] + " " + j["tasks"][0]["state"] + " " + str(j["tasks"][0]["exit_status"])' "$SARRAY" which "${id}_6" --json "$@")" 'which'
  assert_eq "$PWD/logs/slow.err" "$(json 'j["tasks"][0]["error"]' "$SARRAY" which "${id}_51" --json "$@")" 'the error file'
  vid=$("$SARRAY" which "${id}_32" "$@" | sed -n 's/^id  *//p')
  assert_eq 2000000003_11 "$vid" 'the id that sbatch answered with'
}

check_logs() { # [OPTION...]
  assert_eq 'first id=7 of 20,1,20 alpha red' "$("$SARRAY" logs "${id}_6" "$@")" 'logs of one task'
  assert_contains "$("$SARRAY" logs "$id" --job beta "$@")" 'second x y id=none of ,, beta' 'a name that holds the job id'
  local text
  text=$("$SARRAY" logs "$id" --job 1 --tasks 0-1 -n 1 "$@")
  assert_eq "==> ${id}_0 alpha 1: $PWD/logs/alpha_1.out <==
first id=1 of 20,1,20 alpha red

==> ${id}_1 alpha 2: $PWD/logs/alpha_2.out <==
first id=2 of 20,1,20 alpha red" "$text" 'logs of two tasks'
}

check_end() {
  local status=0
  timeout 150 "$SARRAY" status "$id" --wait >wait.out || status=$?
  assert_eq 3 "$status" 'status --wait with failures'
  assert_eq '52 2 1 5 0 0 0' "$(counts "$id")" 'the end'
  "$follow_lib/compare_status" "$SARRAY" "$id" >compared || fail "text and JSON differ: $(cat compared)"
  assert_contains "$(cat wait.out)" '52 of 60 done (86 %), 2 failed, 1 timeout, 5 cancelled' 'the last line of --wait'
  assert_contains "$("$SARRAY" logs "$id" --failed)" 'slow.err <==' 'slurmstepd'\''s words are a log'
  assert_contains "$("$SARRAY" find 'x y')" "${id}_20" 'find an argument'
}

check_retry() {
  cp logs/beta-*.out before
  touch fixed
  "$SARRAY" retry "$id" -n >retry.script 2>/dev/null
  assert_contains "$(cat retry.script)" '#SBATCH --array=0-2%8' 'retry --dry-run'
  # From a shell with another environment, umask and directory.
  retried=$(cd / && umask 077 && COLOUR=blue "$SARRAY" retry "$id" --time=2 --parsable 2>/dev/null) || fail 'retry'
  wait_job "$retried"
  assert_eq 'first id=7 of 20,1,20 alpha red' "$(cat logs/alpha_7.out)" 'the retried task wrote its own file'
  assert_eq 644 "$(stat -c %a logs/alpha_7.out)" 'with its own umask'
  assert_eq 'third id=11 of 30,0,29 n me я ' "$(cat "slurm-2000000003_11.out")" 'original ids'
  assert_eq "$(cat before)" "$(cat logs/beta-*.out)" 'what succeeded was not run again'
  wait_counts '55 0 0 5 0 0 0' "$id"
  wait_counts '55 0 0 5 0 0 0' "$retried"
  assert_contains "$("$SARRAY" status "$retried")" "retried as array $retried: 3 tasks" 'the chain, from its end'
  assert_contains "$("$SARRAY" which "${id}_6")" "task       ${retried}_0" 'which shows the last attempt'
  assert_contains "$("$SARRAY" history)" '3 completed' 'history'
  if "$SARRAY" retry "$id" 2>retry.err; then fail 'there was nothing to retry'; fi
  assert_contains "$(cat retry.err)" '5 cancelled tasks (--state cancelled)' 'what a retry leaves'
}

# Slurm keeps no trace of a task that is cancelled while it is pending.
check_cancelled_while_pending() {
  local held
  echo 'sbatch -H -a 1-9 job.sh first' >queue
  held=$("$SARRAY" submit queue --parsable 2>/dev/null)
  "$SARRAY" cancel "$held" --tasks 2-4 2>/dev/null
  wait_counts '0 0 0 3 0 6 0' "$held"
  "$SARRAY" cancel "$held" 2>/dev/null
  wait_counts '0 0 0 9 0 0 0' "$held"
}

# Of the third job, whose 30 tasks are 21-50: what sacct itself says, but for the one that was run again.
check_usage() {
  local want
  "$SARRAY" status "$id" --usage >out 2>err || fail "status --usage: $(cat err)"
  assert_contains "$(cat out)" 'job   elapsed       max  cpu  max  cpus  memory  max  asked  name' 'usage'
  want=$({
    sacct -X -P -n -j "$id" -o JobID,ElapsedRaw | awk -F'[_|]' '$2 >= 21 && $2 <= 50 && $2 != 32 { print $3 }'
    sacct -X -P -n -j "${retried}_1" -o ElapsedRaw
  } | python3 -c 'import statistics, sys; v = [float(x) for x in sys.stdin]; print(len(v), statistics.median(v), max(v))')
  assert_eq "$want" "30 $(json '" ".join(str(j["jobs"][2]["usage"][k]) for k in ("elapsed_median", "elapsed_max"))' "$SARRAY" status "$id" --usage --json)" \
    'median and maximum, as sacct has them'
  # Accounting hears of the end of a task after the queue; if the output's folder is gone, a task cannot start.
  local used
  mkdir gone
  printf 'sbatch -o /dev/null --wrap "sleep 3"\nsbatch -o gone/%%j.out --wrap true\n' >queue
  used=$("$SARRAY" submit queue -t 1 --parsable 2>submit.err) || fail "submit: $(cat submit.err)" # the second begins when the first has ended
  rmdir gone
  assert_eq 3.0 "$(json 'min(j["jobs"][0]["usage"]["elapsed_max"], 3.0)' timeout 60 "$SARRAY" status "$used" --wait --usage --json)" 'usage at the end of --wait'
  assert_contains "$("$SARRAY" which "${used}_1")" "state      failed (could not start, Slurm's 0:53)" 'an output folder that is gone'
  assert_eq '(0, 53)' "$(json '(j["tasks"][0]["exit_status"], j["tasks"][0]["exit_signal"])' "$SARRAY" which "${used}_1" --json)" 'no exit status'
}

# What Slurm still holds is all that there is: virtual ids, a task's own job id, and what was submitted are found in it.
check_without_notes() {
  assert_eq "${retried}_0" "$(json 'j["tasks"][0]["task"]' "$SARRAY" which 2000000001_7 --json)" 'a virtual id'
  local raw
  raw=$(json 'j["tasks"][0]["job_id"]' "$SARRAY" which "${id}_0" --json)
  assert_eq "${id}" "$(json 'j["attempts"][0]["job_id"]' "$SARRAY" status "$raw" --json)" "a task's own job id"
  assert_eq "$id $retried" "$(json '" ".join(s["job_id"] for s in j["submissions"][:2])' "$SARRAY" history --json 2>/dev/null)" 'history'
  assert_contains "$("$SARRAY" find 'x y' 2>/dev/null)" "${id}_20" 'find'
}

lose_notes() { mv "$SARRAY_STATE_DIR" "$TEST_DIR/lost"; }

# Makes the controller forget what is done. It looks once a minute.
wait_forgotten() { # JOBID...
  local one
  sed -i 's/^MinJobAge=.*/MinJobAge=2/' "$SARRAY_CLUSTER_DIR/etc/slurm.conf"
  scontrol reconfigure
  is_forgotten() { ! scontrol show job "$1" >/dev/null 2>&1; }
  for one; do SARRAY_TEST_PATIENCE=240 wait_until "Slurm forgets $one" is_forgotten "$one"; done
}
