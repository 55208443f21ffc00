#!/usr/bin/env bash
# An id means what the person who holds it means: a task's own Slurm id is that task in every command, the last task's is the array's,
# and says so; --job and a session's queue leave no doubt; an earlier attempt that was requeued counts; a file is not submitted twice at once.
# run: 40
set -euo pipefail
lib=$(dirname "$(readlink -f -- "$0")")/lib
. "$lib/cluster.bash"
need_cluster --accounting
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION
printf '#!/bin/bash\necho "task $SLURM_ARRAY_TASK_ID"\nuntil [ -e go ]; do sleep 0.2; done\n[ -e fixed ]\n' >job.sh

states() { squeue -h -r -j "$1" -t all -o '%K %T' | sort -n | paste -sd ','; } # JOBID: "0 RUNNING,1 PENDING"
wait_states() {                                                               # JOBID STATES
  local end=$((SECONDS + 100))
  until [[ $(states "$1") == "$2" ]]; do
    ((SECONDS < end)) || fail "states of $1: want $2"$'\n'"got $(states "$1")"
    sleep 0.1
  done
}
own_id() { squeue -h -r -t all -j "$1" -o '%A %K' | awk -v k="$2" '$2 == k { print $1 }'; } # JOBID INDEX
refused() { # PART MESSAGE COMMAND...: it fails and says PART
  local part=$1 message=$2 status=0 words
  shift 2
  words=$("$@" 2>&1) || status=$?
  ((status != 0)) || fail "$message: not refused"$'\n'"$words"
  assert_contains "$words" "$part" "$message"
}

# --- a task's own id
id=$(echo 'sbatch -J train --array=0-3 job.sh' | sarray submit - --parsable 2>/dev/null)
at_exit scancel "$id"
wait_states "$id" '0 RUNNING,1 RUNNING,2 RUNNING,3 RUNNING'
own=$(own_id "$id" 1)
assert_eq "$id" "$(own_id "$id" 3)" "the last task's own id is the array's"
assert_eq "sarray: would cancel 1 task: ${id}_[1]" "$(sarray cancel "$own" -n 2>&1)" 'cancel'
assert_eq "sarray: would requeue 1 task: ${id}_[1]" "$(sarray requeue "$own" -n 2>&1)" 'requeue'
assert_eq "task       ${id}_1 (Slurm job $own)" "$(sarray which "$own" | head -1)" 'which'
assert_eq 1 "$(sarray which "$own" | grep -c ^task)" 'which shows that task alone'
assert_eq "array $id: 1 job, 1 of 4 tasks" "$(sarray status "$own" | sed -n '1s/,[^,]*$//p')" 'status'
assert_eq '1 1' "$(sarray status "$own" --tasks --json | python3 -c 'import json, sys
j = json.load(sys.stdin); print(j["tasks"], len(j["jobs"][0]["task_list"]))')" 'status --json'
assert_eq 'task 1' "$(sarray logs "$own")" 'logs'
assert_eq "task       ${id}_3 (Slurm job $id, which is also the array's id)" "$(sarray which "${id}_3" | head -1)" 'the id that is both'
assert_eq "sarray: would cancel 4 tasks: ${id}_[0-3]" "$(sarray cancel "$id" -n 2>&1)" 'it means the array'
refused "that is the id of one task, ${id}_1: it has no task ids" "a task's id with an index" sarray cancel "${own}_2"
assert_eq "sarray: cancelled 1 task: ${id}_[1]" "$(sarray cancel "$own" 2>&1)" 'cancel for real'
wait_states "$id" '0 RUNNING,1 CANCELLED,2 RUNNING,3 RUNNING'
# Held tasks have an id of their own if they were told apart.
held=$(printf '%s\n' 'sbatch -H -J a job.sh' 'sbatch -H -J b --array=5-6 job.sh' | sarray submit - --parsable 2>/dev/null)
at_exit scancel "$held"
scontrol update "JobId=${held}_1" Comment=x
assert_eq "sarray: released 1 task: ${held}_[1]" "$(sarray release "$(own_id "$held" 1)" 2>&1)" 'release'
wait_states "$held" '0 PENDING,1 RUNNING,2 PENDING'

# --- with a terminal a whole array of several jobs is asked about
answer() { # TEXT: says it to the question of `cancel`, and prints what is said
  python3 - "$1" "$held" <<'PY'
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("sarray", ["sarray", "cancel", sys.argv[2]])
text = b""
try:
    while b"[y/N]" not in text:
        text += os.read(terminal, 1000)
    os.write(terminal, sys.argv[1].encode() + b"\n")
    while True:
        text += os.read(terminal, 1000)
except OSError:
    pass
sys.stdout.write(text.decode().replace("\r", ""))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
}
status=0
words=$(answer n) || status=$?
assert_eq 1 "$status" 'no'
assert_contains "$words" "array $held: cancel 3 tasks of 2 jobs (a, b)? [y/N]" 'the question names the jobs'
assert_contains "$words" 'nothing was done' 'no'
wait_states "$held" '0 PENDING,1 RUNNING,2 PENDING'
assert_contains "$(answer y)" "cancelled 3 tasks: ${held}_[0-2]" 'yes'

# --- what the queue has forgotten: accounting knows the task's own id
touch go fixed
wait_job "$id"
wait_accounted "$id"
assert_eq "${id}_1|$own" "$(sacct -X -P -n -j "$own" -o JobID,JobIDRaw)" 'accounting knows it'

# --- an earlier attempt that was requeued
rm fixed
id=$(printf '%s\n' 'sbatch -J one job.sh' 'sbatch -J two job.sh' | sarray submit - --parsable 2>/dev/null)
wait_job "$id"
retried=$(sarray retry "$id" --parsable 2>/dev/null)
wait_job "$retried"
rm go
scontrol requeue "${id}_0"
wait_states "$id" '0 PENDING,1 FAILED'
assert_eq '0 of 2 done (0 %), 1 failed, 1 pending' "$(sarray status "$id" 2>/dev/null | grep ' done ')" 'status counts it'
assert_contains "$(sarray status "$id" 2>&1 >/dev/null)" "${id}_0 was retried, then requeued: it is pending" 'and says so'
assert_eq "task       ${id}_0" "$(sarray which "${id}_0" 2>/dev/null | head -1)" 'which shows it'
refused 'no tasks to run again' 'retry of it' sarray retry "${id}_0"
again=$(sarray retry "$id" --parsable 2>/dev/null)
assert_eq 1 "$(squeue -h -r -j "$again" -o x | wc -l)" 'retry takes the other one alone'
assert_eq "sarray: cancelled 2 tasks: ${id}_[0] ${again}_[0]" "$(sarray cancel "$id" 2>&1)" 'cancel takes it'
wait_states "$id" '0 CANCELLED,1 FAILED'

# --- one file, four submissions at once
touch go
echo 'sbatch -J once -o /dev/null job.sh' >file
mkdir slow
printf '#!/bin/bash\n[[ $* == *--version* || $* == *--help* ]] || sleep 1\nexec %q "$@"\n' "$(type -P sbatch)" >slow/sbatch
chmod +x slow/sbatch
for n in 1 2 3 4; do (PATH=$TEST_DIR/slow:$PATH sarray submit file >"out.$n" 2>&1 || true) & done
wait
assert_eq 1 "$(cat out.? | grep -c '^Submitted')" 'one is submitted'$'\n'"$(cat out.?)"
once=$(sed -n 's/^Submitted batch job //p' out.?)
assert_eq 3 "$(cat out.? | grep -c "it was submitted a moment ago, as job $once; nothing was submitted now")" 'the others say so'$'\n'"$(cat out.?)"
assert_contains "$(cat out.?)" "hint: to submit it a second time: sarray submit $PWD/file" 'and how to do it again'
[[ $(sarray submit file --parsable 2>/dev/null) != "$once" ]] || fail 'a second time, later'

# --- Slurm keeps a submission waiting, and another one of the same file is quicker
mkdir waiting
ln -s "$(type -P sbatch)" waiting/sbatch
printf '#!/bin/bash\n[[ $* != "show config" ]] || { : >%q/asked; until [[ -e %q/quicker ]]; do sleep 0.1; done; }\nexec %q "$@"\n' "$PWD" "$PWD" "$(type -P scontrol)" >waiting/scontrol
chmod +x waiting/scontrol
(PATH=$TEST_DIR/waiting:$PATH sarray submit file >slow.out 2>&1 || true) &
wait_until 'the first one asks Slurm' test -e asked
quick=$(sarray submit file --parsable 2>/dev/null)
touch quicker
wait $!
assert_contains "$(cat slow.out)" "it was submitted a moment ago, as job $quick; nothing was submitted now" 'the slower one'

# --- in a session a number of the queue is not taken for Slurm's
cat >session <<END
sbatch job.sh
sbatch job.sh
for command in cancel hold release requeue retry "throttle -t 1"; do sarray \$command 2; done
sarray cancel slurm:2
sarray drop 2
sarray cancel 2
sarray cancel
END
words=$(sarray listen <session 2>&1 >/dev/null || true)
assert_eq 6 "$(grep -c 'error: job 2: in this session that is job 2 of the queue, and to Slurm it is a job id' <<<"$words")" 'both readings'$'\n'"$words"
assert_contains "$words" 'hint: sarray drop 2 takes it out of the queue; sarray cancel slurm:2 is about Slurm'"'"'s job' 'both commands'
assert_eq 2 "$(grep -c '^sarray: error: job 2: \(no\|it\|Slurm\)\|^sarray: error: job slurm:2' <<<"$words")" 'slurm:2, and 2 after it is dropped, are Slurm'"'"'s'$'\n'"$words"
echo "ids mean one thing"
