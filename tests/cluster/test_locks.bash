#!/usr/bin/env bash
# Locks, memory, limits: what hangs says who is waited for, and gives up; what ends says so in words. No Slurm is needed.
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
cd "$TEST_DIR"
unset SARRAY_SESSION SLURM_JOB_ID
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state SHELL=/bin/bash
mkdir fake
printf '#!/bin/sh\ncase "$1" in --version) echo slurm-wlm 22.05.8; exit ;; --help) exit 1 ;; esac\nfor script; do :; done; cp "$script" %q/sent\necho Submitted batch job 7\n' "$PWD" >fake/sbatch
printf '#!/bin/sh\nprintf "MaxArraySize = 1001\\nMaxJobCount = 10000\\n"\n' >fake/scontrol
printf '#!/bin/sh\n' >fake/squeue
chmod +x fake/*
export PATH=$TEST_DIR/fake:$PATH
printf '#!/bin/bash\ntrue\n' >one.sh
{ cat one.sh && head -c 67108864 /dev/zero | tr '\0' '#' && echo; } >big.sh
name_of() { "$SARRAY" sessions | tail -n 1 | cut -d ' ' -f 1; }

# --- a stopped process holds the lock of all journals -----------------------------------------------------
"$SARRAY" listen <<<'sbatch one.sh' >/dev/null 2>&1
name=$(name_of)
# A process that has the lock and is stopped, as a recorder is that a ^Z has hit.
cat >holder.py <<'E'
import fcntl, os, signal, sys
file = open(sys.argv[1], "r+")
fcntl.flock(file, fcntl.LOCK_EX)
open("held", "w").close()
os.kill(os.getpid(), signal.SIGSTOP)
E
is_stopped() { [[ -e held ]] && grep -q '^State:.T' "/proc/$holder/status"; }
hold() { # FILE: sets holder to a stopped process that has its lock
  rm -f held
  PATH=/usr/bin:$PATH python3 holder.py "$1" &
  holder=$!
  at_exit eval "kill -9 $holder 2>/dev/null || :"
  wait_until "$1 is held" is_stopped
}
hold state/next_id
for command in 'listen' "drop 1 --session $name"; do
  # shellcheck disable=SC2086
  words=$(SARRAY_LOCK_TIMEOUT=2 timeout 120 "$SARRAY" $command </dev/null 2>&1) && fail "$command: the lock is held"
  [[ $words != '' ]] || fail "$command: without a word"
  assert_contains "$words" "process $holder on $(hostname) (" "$command: who holds it"
  assert_contains "$words" 'holder.py' "$command: what it was started as"
  assert_contains "$words" '; it is stopped)' "$command: why"
  assert_contains "$words" 'has held its lock for 2 s' "$command: the reason"
  assert_contains "$words" 'sarray: waiting for process ' "$command: whom it waits for"
done
rm -f "state/sessions/$name/over"
words=$(SARRAY_LOCK_TIMEOUT=2 timeout 120 "$PWD/state/sessions/$name/bin/sbatch" one.sh 2>&1) && fail 'sbatch: the lock is held'
assert_contains "$words" "process $holder on " 'sbatch: who holds it'
# A caller's own alarm is not touched, nor waited for in vain: the lock is taken when it is free.
(sleep 1; kill -CONT "$holder"; kill "$holder") &
"$PWD/state/sessions/$name/bin/sbatch" one.sh >/dev/null 2>&1 || fail 'the lock is free again'
assert_contains "$("$SARRAY" list --session "$name")" '2 jobs, 2 tasks' 'what was recorded'

# --- a submit of the same file is stopped ------------------------------------------------------------------------
echo 'sbatch one.sh' >queue
"$SARRAY" submit queue >/dev/null 2>&1
hold "$(echo state/submissions/.file-*)"
words=$(SARRAY_LOCK_TIMEOUT=2 timeout 120 "$SARRAY" submit queue 2>&1) && fail 'submit FILE: the lock is held'
assert_contains "$words" "another 'sarray submit' of $PWD/queue is running" 'submit FILE: what it waits for'
assert_contains "$words" "process $holder on $(hostname) (" 'submit FILE: who holds it'
kill -9 "$holder"

# --- list during a recording does not cry loss ---------------------------------------------------------------
sbatch=$PWD/state/sessions/$name/bin/sbatch
(for i in 1 2 3; do "$sbatch" big.sh "$i" >/dev/null; done; touch recorded) &
lists=0
until [[ -e recorded ]]; do
  words=$("$SARRAY" list --session "$name" 2>&1 >/dev/null)
  assert_eq '' "$words" 'list while a call is recorded'
  lists=$((lists + 1))
done
wait $!
assert_contains "$("$SARRAY" list --session "$name")" '5 jobs, 5 tasks' 'all are there'

# --- memory that ends ----------------------------------------------------------------------------------------
# AddressSanitizer takes more address space for itself than any of these limits leaves.
for kilobytes in $([[ -n ${ASAN_OPTIONS-} ]] || echo 20000 60000 100000); do
  status=0
  words=$( (ulimit -v "$kilobytes"; "$sbatch" big.sh) 2>&1) || status=$?
  assert_eq 1 "$status" "ulimit -v $kilobytes: $words"
  assert_contains "$words" 'sarray: error: out of memory: the call was not recorded, and nothing was submitted' "ulimit -v $kilobytes"
done
if [[ -z ${ASAN_OPTIONS-} ]]; then
  status=0
  words=$( (ulimit -v 100000; "$SARRAY" list --session "$name") 2>&1) || status=$?
  assert_eq '1 sarray: error: out of memory' "$status ${words:0:28}" 'list with little memory'
fi
assert_contains "$("$SARRAY" list --session "$name")" '5 jobs, 5 tasks' 'nothing was half recorded'

# --- /dev/zero as a file -------------------------------------------------------------------------------------
for command in "$sbatch /dev/zero" "$SARRAY submit /dev/zero -n"; do
  status=0
  words=$(timeout 120 $command 2>&1) || status=$?
  assert_eq 1 "$status" "$command: $words"
  assert_contains "$words" '/dev/zero: it has more than 256 MiB, and no more is read of a file' "$command"
done

# --- ulimit -f: an error like a full disk --------------------------------------------------------------------
echo "sbatch $TEST_DIR/one.sh" >queue
mkdir small && cd small
status=0
words=$( (ulimit -f 1; "$SARRAY" submit -n -o here.slurm ../queue) 2>&1 >/dev/null) || status=$?
assert_eq 1 "$status" "ulimit -f 1: $words"
assert_contains "$words" 'File too large' 'ulimit -f 1'
status=0
words=$( (ulimit -f 1; "$SARRAY" submit ../queue) 2>&1 >/dev/null) || status=$?
assert_eq 1 "$status" "submit with ulimit -f 1: $words"
assert_contains "$words" 'File too large' 'submit with ulimit -f 1'
assert_eq '' "$(ls -A)" 'nothing is left in the folder'
cd ..

# --- umask 777 -------------------------------------------------------------------------------------------------
cp "$SARRAY" sarray
chmod 755 sarray . fake
as_user sarray-test true
cp one.sh home-sarray-test/
as_user sarray-test env PATH="$TEST_DIR/fake:$PATH" bash -c "cd && umask 777 && $TEST_DIR/sarray listen <<<'sbatch one.sh 1; sbatch one.sh 2; sarray drop 1; sarray submit --parsable; sbatch one.sh 3; sarray list'" >out 2>err || fail "umask 777: $(cat out err)"
assert_contains "$(cat out)" '1 job, 1 task' "umask 777: $(cat err)"
assert_eq '' "$(find home-sarray-test/.local -type f ! -perm /400 -o -type d ! -perm /100)" 'files that nobody can open'

# --- --resume beside a loop of `sessions` -----------------------------------------------------------------------
(until [[ -e ended ]]; do "$SARRAY" sessions >/dev/null 2>&1; done) &
loop=$!
for ((i = 0; i < 40; i++)); do
  words=$("$SARRAY" listen --resume "$name" </dev/null 2>&1) || { touch ended; fail "resume $i: $words"; }
done
touch ended
wait "$loop"
echo "locks, memory, limits ($lists times list)"
