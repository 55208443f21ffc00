#!/usr/bin/env bash
# `sarray run` with programs that wait for their jobs, on a real Slurm: what they wait for is submitted while they run, in few arrays.
# run: 60
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
need_cluster --accounting
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
mkdir "$HOME"
printf '#!/bin/bash\necho "result $1" >"%s/result.$1"\nexit "${2:-0}"\n' "$TEST_DIR" >job.sh
submissions() { sarray history --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["submissions"]))'; }
before=0
# runs SUBMISSIONS WANTED_OUTPUT COMMAND...: the program ends well, and so many arrays came of it.
runs() {
  local wanted=$1 output=$2 now
  shift 2
  rm -f result.*
  timeout 120 sarray run "$@" >out 2>err </dev/null || fail "sarray run $*: status $?: $(cat out err)"
  assert_eq "$output" "$(cat out)" "output of: $*"
  now=$(submissions)
  assert_eq "$wanted" $((now - before)) "submissions of: $*"$'\n'"$(cat err)"
  before=$now
}

# --- a program that waits --------------------------------------------------------------------------------
cat >poll.sh <<'D'
a=$(sbatch --parsable job.sh 1)
b=$(sbatch --parsable --array=0-1 job.sh 2)
while [[ -n $(squeue -h -j "$a,$b" -o %i 2>/dev/null) ]]; do sleep 0.2; done
cat result.1 result.2
D
runs 1 $'result 1\nresult 2' -- bash poll.sh
cat >poll.sh <<'D'
for i in 1 2 3; do sbatch -J waits-for-me job.sh $i >/dev/null; done
while (($(squeue -h -u "$(id -un)" -n waits-for-me | wc -l) > 0)); do sleep 0.2; done
cat result.*
D
runs 1 $'result 1\nresult 2\nresult 3' -- bash poll.sh
cat >poll.sh <<'D'
a=$(sbatch --parsable job.sh 1)
until [[ $(sacct -n -X -P -j "$a" -o State) == COMPLETED ]]; do sleep 0.2; done
sacct -n -X -P -j "$a" -o JobID | sed "s/$a/the id that sbatch answered/"
D
runs 1 'the id that sbatch answered' -- bash poll.sh
cat >poll.py <<'D'
import re, subprocess, time
ids = [re.search(r"\d+", subprocess.check_output(["sbatch", "job.sh", str(i)], text=True)).group() for i in range(4)]
while True:
    shown = "".join(subprocess.run(["scontrol", "-o", "show", "job", i], capture_output=True, text=True).stdout for i in ids)
    if not re.search("JobState=(PENDING|RUNNING|COMPLETING|CONFIGURING)", shown):
        break
    time.sleep(0.2)
print(sorted(re.findall(r"JobId=(\d+)", shown)) == sorted(ids), re.findall("JobState=(.*?) ", shown))
D
runs 1 "True ['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED']" -- python3 poll.py

# --- one that lets only so many through: merged in pieces of that size ---------------------------------------
cat >throttled.sh <<'D'
for i in 1 2 3 4 5 6; do
  while (($(squeue -h -n throttled | wc -l) >= 3)); do sleep 0.2; done
  sbatch -J throttled job.sh $i >/dev/null
done
D
runs 2 '' -- bash throttled.sh
# The last ones it does not wait for: run submits them.
wait_job "$(sed -n 's/^Submitted batch job //p' err | tail -n 1)"
assert_eq 6 "$(cat result.* | wc -l)" 'all of them ran'

# --- sbatch --wait ----------------------------------------------------------------------------------------
cat >wait.sh <<'D'
sbatch --wait job.sh 1 | sed 's/[0-9]\{5,\}/ID/'
sbatch --wait job.sh 2 3 >/dev/null; echo "status $?"
cat result.2
D
runs 2 $'Submitted batch job ID\nstatus 3\nresult 2' -- bash wait.sh
printf '%s\n' 1 2 3 >numbers
runs 1 '' -- xargs -a numbers -P 3 -I{} sh -c 'sbatch --wait job.sh {} >/dev/null'
assert_eq 3 "$(cat result.* | wc -l)" 'calls that wait side by side are one array'
assert_contains "$(printf 'sbatch --wait job.sh 1\n' | sarray listen 2>&1)" 'a recorded call cannot wait' 'nobody submits in a listen'

# --- --live and --max-calls ---------------------------------------------------------------------------------
cat >files.sh <<'D'
for i in 1 2 3; do sbatch job.sh $i >/dev/null; done
until [[ -e result.1 && -e result.2 && -e result.3 ]]; do sleep 0.1; done
echo all
D
runs 1 all --live=2 -- bash files.sh
runs 1 all --max-calls 3 -- bash files.sh

# --- calls that one array cannot hold: the program cannot be asked ------------------------------------------------
cat >two.sh <<'D'
a=$(sbatch --parsable -t 5 job.sh 1) b=$(sbatch --parsable -t 6 job.sh 2)
while [[ -n $(squeue -h -j "$a,$b") ]]; do sleep 0.2; done
cat result.*
D
runs 2 $'result 1\nresult 2' -- bash two.sh

# --- a program that cancels ----------------------------------------------------------------------------------
cat >cancels.sh <<'D'
a=$(sbatch --parsable job.sh 1) b=$(sbatch --parsable job.sh 2)
scancel "$a"
while [[ -n $(squeue -h -j "$a,$b") ]]; do sleep 0.2; done
ls result.*
D
runs 1 result.2 -- bash cancels.sh

# --- a program that fails: nothing more is submitted, and what was is named ----------------------------------------
rm -f result.*
status=0
sarray run -- bash -c 'a=$(sbatch --parsable job.sh 1); while [[ -n $(squeue -h -j $a) ]]; do sleep 0.2; done; sbatch job.sh 2; exit 7' >out 2>err || status=$?
assert_eq 7 "$status" 'its status'
real=$(sed -n 's/^Submitted batch job //p' err)
assert_contains "$(cat err)" "sarray: bash ended with status 7: nothing more is submitted; what was is job $real" 'what was submitted'
assert_contains "$(cat err)" 'keeps 1 job (1 task)' 'and what is kept'
assert_eq "$((before + 1))" "$(submissions)" 'one submission'

# --- signals end it as alone -------------------------------------------------------------------------------------
rm err # of the run before
sarray run -- bash -c 'a=$(sbatch --parsable -H job.sh 1); while [[ -n $(squeue -h -j $a) ]]; do sleep 0.2; done' >out 2>err &
run=$!
wait_until 'it is submitted' file_has err 'Submitted batch job'
real=$(sed -n 's/^Submitted batch job //p' err)
at_exit scancel "$real"
kill -TERM "$run"
status=0
wait "$run" || status=$?
assert_eq 143 "$status" 'TERM'
assert_eq "$real" "$(squeue -h -j "$real" -o %F)" 'what was submitted stays'
echo ok
