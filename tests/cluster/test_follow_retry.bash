#!/usr/bin/env bash
# Retries: of arrays and plain jobs, of every kind of output pattern, of a retry, of a choice of tasks, with other options.
# run: 35
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/follow.bash"
need_cluster --own # it looks at all arrays of its user
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION

own_outputs_of() { cat "$(sarray which "$1" | sed -n 's/^output  *//p')"; } # VIRTUAL_ID: of the last attempt

# A task says what it is and ends with what is in the file status-NAME; 0 if there is no such file.
cat >job.sh <<'JOB'
#!/bin/bash
echo "$SLURM_JOB_NAME $* id=${SLURM_ARRAY_TASK_ID-none} ${SLURM_ARRAY_TASK_COUNT-}/${SLURM_ARRAY_TASK_MIN-}/${SLURM_ARRAY_TASK_MAX-}"
exit "$(cat "status-$SLURM_JOB_NAME${SLURM_ARRAY_TASK_ID+-$SLURM_ARRAY_TASK_ID}" 2>/dev/null || echo 0)"
JOB
cat >queue <<'QUEUE'
sbatch -J default job.sh one
sbatch -J named -a 3,7,9 -o named_%a.out job.sh two 'with blank'
sbatch -J pair -a 1-2 -o %x-%A_%a.out -e %x-%A_%a.err job.sh three
sbatch -J own -a 5-6 -o own-%j.out job.sh four
sbatch -J wrapped -o wrapped.out --wrap 'echo wrapped >&2; exit $(cat status-wrapped)'
sbatch -J appended -o appended.out --open-mode=append job.sh five
sbatch -J waits -H -a 1-2 job.sh six
QUEUE
# -H is the array's: a submission of its own for what is cancelled.
grep -v -- -H queue >main
grep -- -H queue >held
for name in default named-7 named-9 pair-2 own-6 wrapped appended; do echo 3 >"status-$name"; done

id=$(sarray submit main --parsable 2>/dev/null)
status=0
sarray status "$id" --wait >out || status=$?
assert_eq '3 3 of 10 done (30 %), 7 failed' "$status $(grep ' done (' out)" '--wait with failures'

# --- -n submits nothing, and says what would be
jobs_before=$(squeue -h -a -t all -o %F | sort -u | wc -l)
sarray retry "$id" -n >script 2>err
assert_eq "$jobs_before" "$(squeue -h -a -t all -o %F | sort -u | wc -l)" 'a dry run submits nothing'
assert_eq '#SBATCH --array=0-6' "$(grep -- --array script)" 'the seven that failed'
bash -n script || fail 'the script of a dry run is no bash'

# --- everything that failed, and half of it fails again
rm status-default status-named-7 status-own-6
cp pair-2000000003_1.out pair.other && cp pair-2000000003_2.out pair.before || fail "%A_%a are the task's own ids: $(ls)"
first=$(sarray retry "$id" --mem=77M --parsable 2>err)
assert_contains "$(cat err)" 'sarray: note: 3 tasks write again to the files of the attempt before' 'named, wrapped: they have no id in their names'
wait_job "$first"
assert_eq 77M "$(job_field "$first" MinMemoryNode | sort -u)" 'an option given here replaces the own one'
assert_eq 'default one id=none //' "$(own_outputs_of 2000000001)" "a plain job's default output has the id of the retried task"
assert_eq 'named two with blank id=7 3/3/9' "$(cat named_7.out)" 'a named output is written again, with the ids of the whole job'
assert_eq 'pair three id=2 2/1/2' "$(cat pair-2000000003_2.out)" 'the same name, since the ids are the same'
assert_eq "$(cat pair.before)" "$(cat pair-2000000003_2.out.1)" 'and the first one has got another'
[[ -e pair-2000000003_2.err.1 ]] || fail "the error file, too: $(ls)"
cmp pair.other pair-2000000003_1.out || fail 'a task that is not retried'
assert_eq "pair-2000000003_2.out.1 pair-2000000003_2.err.1 pair-2000000003_2.out pair-2000000003_2.err" \
  "$(echo x >>pair-2000000003_2.err; echo x >>pair-2000000003_2.err.1; sarray logs 2000000003_2 | sed -n 's/^==> .*\/\(.*\) <==$/\1/p' | paste -sd ' ')" 'logs shows each attempt'
assert_eq 2 "$(wc -l <appended.out)" 'open-mode=append appends'
own=$(sarray which 2000000004_6 | sed -n 's/^output  *//p')
assert_eq "own four id=6 2/5/6 $PWD/own-$(json 'j["tasks"][0]["job_id"]' sarray which 2000000004_6 --json).out" "$(cat "$own") $own" '%j is the id of the retried task'
assert_eq 3 "$(find . -maxdepth 1 -name 'own-*.out' | wc -l)" 'each attempt has a file of its own under %j'
for one in "$id" "$first"; do
  assert_eq '6 4 0 0 0 0 0' "$(counts "$one")" "the chain of $one"
  assert_contains "$(sarray status "$one")" "array $id: 6 jobs, 10 tasks" 'named by its first array'
done

echo 'of the user' >named_7.out.1
assert_eq "named two with blank id=7 3/3/9" "$(sarray logs 2000000002_7 2>/dev/null)" 'logs: a file of the user that looks like an attempt'

# --- a retry of the retry: one job of it, by name; one task, by index of the retry; the rest, by state
echo 4 >status-appended
rm status-named-9 status-pair-2
second=$(sarray retry "$first" --job 'n*d' --parsable 2>/dev/null)
wait_job "$second"
assert_eq 'named two with blank id=9 3/3/9' "$(cat named_9.out)" 'a retry of a retry'
third=$(sarray retry "${first}_3" --parsable 2>/dev/null)
wait_job "$third"
assert_eq 'pair three id=2 2/1/2 3' "$(cat pair-2000000003_2.out) $(cat pair-2000000003_2.out{,.1,.2} | wc -l)" 'one task of a retry: attempt 2 has its number'
rm status-wrapped
words=$(sarray retry "$third" 2>&1 || true)
assert_contains "$words" "sarray: error: job $third: no tasks to run again: that is a retry, and " 'a retry means its own tasks'
assert_contains "$words" " of its submission are to run again"$'\n'"hint: sarray retry $id" 'the submission is named'
fourth=$(sarray retry "$id" --state failed --parsable 2>/dev/null) || fail "retry --state"
wait_job "$fourth"
for one in "$id" "$first" "$second" "$third" "$fourth"; do
  assert_eq '9 1 0 0 0 0 0' "$(counts "$one")" "the chain of $one, five attempts long"
done
assert_eq "$id $first $second $third $fourth" "$(json '" ".join(a["job_id"] for a in j["attempts"])' sarray status "$third" --json)" 'the attempts'
text=$(sarray status "$third")
for one in "$first: 7 tasks" "$second: 1 task" "$third: 1 task" "$fourth: 2 tasks"; do assert_contains "$text" "retried as array $one" 'the attempts in text'; done
assert_eq 'failed (exit 4)' "$(sarray which 2000000006 | sed -n 's/^state  *//p')" 'the last exit status counts'
assert_eq 1 "$(sarray status "$id" --failed --tasks | grep -c "^${fourth}_")" 'and --failed lists that attempt'

# --- what is there to choose
rm status-appended
assert_contains "$(sarray retry "$id" --job appended --tasks 0 2>&1 || true)" 'no tasks to run again' '--job and --tasks together'
assert_contains "$(sarray retry "$id" --state pending 2>&1 || true)" 'sarray: error: --state pending: tasks in such a state cannot be run again' 'a state that cannot'
assert_contains "$(sarray retry "$id" --array=1 2>&1 || true)" 'sarray: error: --array:' "sarray's own option"
assert_contains "$(sarray retry "$id" --output=x 2>&1 || true)" "sarray: error: --output: each task has its own, and a retry keeps it" 'an option of the tasks'
assert_contains "$(sarray retry "$id" --job nobody 2>&1 || true)" 'sarray: error: --job nobody: no job has that number, id or name' 'no such job'
last=$(json 'str(j["arrays"][0]["job_id"]) + " " + str(j["arrays"][0]["tasks"])' sarray retry 2000000006 --json)
wait_job "${last% *}"
assert_eq 1 "${last#* }" 'retry --json, of a virtual id'
status=0
sarray status "$id" --wait >out || status=$?
assert_eq '0 10 of 10 done (100 %)' "$status $(grep ' done (' out)" '--wait where the retries did all of it'
again=$(sarray retry "$id" --state completed --job default --parsable 2>/dev/null)
wait_job "$again"
assert_eq 'default one id=none //' "$(own_outputs_of 2000000001)" '--state completed'

# --- cancelled tasks, only if they are asked for; -t is the throttle
held=$(sarray submit held --parsable 2>/dev/null)
sarray cancel "$held" 2>/dev/null
wait_counts '0 0 0 2 0 0 0' "$held"
words=$(sarray retry "$held" 2>&1 || true)
assert_eq "sarray: note: left as they are: 2 cancelled tasks (--state cancelled)
sarray: error: job $held: no tasks to run again
hint: sarray status $held" "$words" 'cancelled tasks are left'
again=$(sarray retry "$held" --state cancelled --throttle=1 --parsable 2>/dev/null)
assert_eq 1 "$(job_field "$again" ArrayTaskThrottle | sort -u)" '-t is the throttle'
sarray release "$again" 2>/dev/null || fail 'the retry is held as the first was'
wait_job "$again"
assert_eq '2 0 0 0 0 0 0' "$(counts "$held")" 'cancelled tasks, run after all'

# --- another array's script is refused: its tasks would be taken for these
# shellcheck disable=SC2012 # names of our own
cp "$(ls -d state/submissions/*-retry-of-"$held")/sarray.slurm" other.slurm
assert_eq "sarray: error: other.slurm: it is not the script of job $id
hint: sarray status $id, which asks Slurm for it" "$(sarray cancel "$id" --script other.slurm 2>&1 || true)" '--script of another array'

# --- a state folder that was lost, and in which work has gone on: what Slurm still has is shown beside it
mv state lost
newer=$(echo 'sbatch -J newer -o /dev/null job.sh x' | sarray submit - --parsable 2>/dev/null)
listed=$(json '" ".join(s["job_id"] for s in j["submissions"])' sarray history --json)
assert_eq "$id" "$(tr ' ' '\n' <<<"$listed" | grep -Fx "$id")" 'history: an array without notes'
assert_eq "$newer" "${listed##* }" 'and the newest last'
# Slurm shows what sbatch refused, too, for some minutes.
echo 'sbatch --mem=9999G -o /dev/null job.sh x' | sarray submit - >/dev/null 2>&1 && fail 'more memory than any node has'
assert_eq "$listed" "$(json '" ".join(s["job_id"] for s in j["submissions"])' sarray history --json)" 'what sbatch refused was not submitted'
assert_contains "$(sarray history 2>&1 >/dev/null)" "sarray: note: not recorded in this state folder, but Slurm still has them: " 'the note'
assert_contains "$(sarray find appended)" "${id}_" 'find, too'
scancel "$newer"
echo "retries of retries, of every pattern, of a choice"
