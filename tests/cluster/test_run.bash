#!/usr/bin/env bash
# `sarray run` on a real Slurm: programs of many kinds that call sbatch, unmodified. What they record is one job array; what they
# read, print and end with is as it is alone.
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
lib=$(dirname "$(readlink -f -- "$0")")/lib
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
mkdir "$HOME"
printf '#!/bin/bash\necho "job $*" >>"%s/ran"\n' "$TEST_DIR" >job.slurm
last_session() { sarray sessions | tail -n 1 | cut -d ' ' -f 1; }
submissions() { sarray history --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["submissions"]))'; }

# runs WANTED_JOBS COMMAND...: one array comes of it, and its tasks do what the calls say. Standard output is the command's.
runs() {
  local wanted=$1 id
  shift
  rm -f ran
  sarray run "$@" >out 2>err || fail "sarray run $*: $(cat out err)"
  id=$(sed -n 's/^Submitted batch job \([0-9]*\)$/\1/p' err)
  [[ $id =~ ^[0-9]+$ ]] || fail "sarray run $*: not one array: $(cat err)"
  wait_job "$id"
  assert_eq "$wanted" "$(sort ran | tr '\n' ' ')" "what ran after: sarray run $*"
}
fails() { # WANTED_STATUS COMMAND...: its words in err
  local wanted=$1 status=0
  shift
  sarray run "$@" >out 2>err || status=$?
  assert_eq "$wanted" "$status" "status of: sarray run $*: $(cat err)"
}

# --- drivers of many kinds ---------------------------------------------------------------------------
cat >launch.sh <<'D'
#!/bin/bash
for i in 1 2 3; do
  id=$(sbatch --parsable job.slurm "$i") || exit 9
  echo "launched $((id > 2000000000)) $1"
done
D
chmod +x launch.sh
runs 'job 1 job 2 job 3 ' -- ./launch.sh --dry-run
assert_eq $'launched 1 --dry-run\nlaunched 1 --dry-run\nlaunched 1 --dry-run' "$(cat out)" "standard output is the command's, and so are its options"
assert_contains "$(cat err)" 'job.slurm 2' 'what was submitted is shown on standard error'
runs 'job 1 job 2 job 3 ' bash launch.sh
cat >launch.py <<'D'
import os, subprocess, sys
os.system("sbatch job.slurm py1 >/dev/null")
print(subprocess.run(["sbatch", "job.slurm", "py2"], stdout=subprocess.PIPE, check=True).stdout.decode().split()[0])
D
runs 'job py1 job py2 ' -- python3 launch.py
assert_eq Submitted "$(cat out)" 'what Python captured'
printf 'all: a b c\na b c:\n\t@sbatch job.slurm $@\n' >Makefile
runs 'job a job b job c ' make -s -j 3
printf '%s\n' x y z >names
runs 'job x job y job z ' xargs -n 1 sbatch job.slurm <names
runs 'job read me ' bash -c 'read -r line; sbatch job.slurm $line' <<<'read me'
runs 'job own ' -J merged -t 1 --comment=why sbatch job.slurm own
assert_eq merged "$(squeue -h -t all -o %j -j "$(sed -n 's/^Submitted batch job //p' err)")" "submit's options"
printf 'sbatch job.slurm in\n' >calls
runs 'job in ' -- bash <calls

# --- a program that fails: nothing is submitted, nothing is lost --------------------------------------
rm -f ran
before=$(submissions)
assert_eq 8 "$before" 'what was submitted so far'
fails 7 -- bash -c 'sbatch job.slurm f1; sbatch --array=0-2 job.slurm f2; exit 7'
name=$(last_session)
assert_eq "sarray: bash ended with status 7: nothing was submitted
sarray: session $name keeps 2 jobs (4 tasks)
hint: sarray submit --session $name, or sarray list --session $name" "$(cat err)" 'how to go on'
assert_eq 2 "$(grep -c '^Submitted batch job 2[0-9]*$' out)" 'its own output'
assert_eq "$before" "$(submissions)" 'nothing was submitted'
assert_contains "$(sarray list --session "$name")" '2 jobs, 4 tasks' 'the queue'
wait_job "$(sarray submit --parsable --session "$name" 2>/dev/null)"
assert_eq 4 "$(wc -l <ran)" 'it goes on as the hint says'

# --- what it leaves in the background does not record after its end -------------------------------------
runs 'job now ' -- bash -c '(until [ -e on ]; do sleep 0.1; done; sbatch job.slurm late >late 2>&1; touch late.end) & sbatch job.slurm now'
touch on
until [[ -e late.end ]]; do sleep 0.1; done
assert_contains "$(cat late)" "session $(last_session) is over: nothing was recorded, and nothing was submitted" 'a call after the end'
assert_eq 'job now' "$(cat ran)" 'nothing was submitted for real'

# --- nothing recorded, and --record-only --------------------------------------------------------------
assert_eq 'sarray: nothing was recorded' "$(sarray run true 2>&1)" 'nothing recorded'
fails 3 sh -c 'exit 3'
assert_eq $'sarray: sh ended with status 3: nothing was submitted\nsarray: nothing was recorded' "$(cat err)" 'nothing recorded, and it failed'
assert_eq 1 "$(sarray run --record-only -- sbatch job.slurm k 2>err | wc -l)" '--record-only'
name=$(last_session)
assert_eq "sarray: session $name keeps 1 job (1 task)
hint: sarray submit --session $name, or sarray list --session $name" "$(cat err)" '--record-only names the session'
fails 5 --record-only -- bash -c 'sbatch job.slurm k; exit 5'
assert_eq "$((before + 2))" "$(submissions)" '--record-only submits nothing'
assert_contains "$(sarray run -n sbatch job.slurm d 2>&1)" 'keeps 1 job (1 task)' 'a dry run keeps the queue'

# --- submit's own refusals ----------------------------------------------------------------------------
fails 1 -- bash -c 'sbatch --mem=10 job.slurm a; sbatch --mem=20 job.slurm b'
assert_contains "$(cat err)" "sarray: session $(last_session) keeps 2 jobs" 'the status is that of submit, and the jobs are kept'
assert_contains "$(cat err)" "sarray submit --session=$(last_session) --split would submit 2 arrays" "submit's own hint, with the session"
fails 2 --nosuch -- touch started
fails 2 --array=1-3 -- touch started
fails 2 --session x -- touch started
fails 2 -t
assert_contains "$(cat err)" 'no command is given' 'no command'
[[ ! -e started ]] || fail 'the command ran, although submit would refuse'

# --- what cannot be started ---------------------------------------------------------------------------
mkdir folder
for command in nosuch-command ./nosuch ./job.slurm ./folder; do
  wanted=0
  bash -c "$command" 2>/dev/null || wanted=$?
  fails "$wanted" -- "$command"
  assert_contains "$(cat err)" "sarray: error: $command: " 'which command'
done
fails 127 -- nosuch-command
fails 126 -- ./job.slurm

# --- in a session: one of its own ---------------------------------------------------------------------
sarray listen >outer.out 2>outer.err <<'D' || fail "run in listen: $(cat outer.err)"
sbatch job.slurm outer >/dev/null
sarray run -- sh -c 'sbatch job.slurm inner >/dev/null' 2>inner.err
sarray list
D
assert_contains "$(cat outer.out)" '1 job, 1 task' "the shell's own queue is as it was"
wait_job "$(sed -n 's/^Submitted batch job //p' inner.err)"
assert_eq 'job inner' "$(tail -n 1 ran)" 'what run recorded was submitted'

# --- signals ------------------------------------------------------------------------------------------
cat >waits.py <<'D'
import os, signal, subprocess, sys
def stop(number, frame):
    print("stopped by", number, flush=True)
    if sys.argv[1] == "exit":
        sys.exit(42)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
subprocess.run(["sbatch", "job.slurm", "s"], stdout=subprocess.DEVNULL, check=True)
open("waiting", "w").close()
while True:
    signal.pause()
D
signalled() { # SIGNAL WANTED_STATUS HOW
  local status=0
  rm -f waiting
  # Not with &: bash starts that with SIGINT ignored.
  python3 - "$1" "$3" >out 2>err <<'D' || status=$?
import os, signal, subprocess, sys, time
run = subprocess.Popen(["sarray", "run", "--", "python3", "waits.py", sys.argv[2]])
while not os.path.exists("waiting") and run.poll() is None:
    time.sleep(0.05)
run.send_signal(getattr(signal, "SIG" + sys.argv[1]))
ended = run.wait()
print("ended", ended)
D
  assert_eq 0 "$status" "$1: $(cat err)"
  assert_contains "$(cat out)" "stopped by $(kill -l "$1")" "$1 reaches the command"
  assert_eq 1 "$(grep -c stopped out)" "$1 reaches it once"
  assert_contains "$(cat out)" "ended $2" "run ends as the command does"
  assert_contains "$(cat err)" "sarray: session $(last_session) keeps 1 job (1 task)" "$1: the queue is kept"
}
signalled TERM -15 die
signalled INT -2 die
signalled TERM 42 exit
# Ctrl-C on a terminal, which both get.
rm -f waiting
python3 - "$lib" >out 2>err <<'D' || fail "Ctrl-C: $(cat out err)"
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("sarray", ["sarray", "run", "--", "python3", "waits.py", "exit"])
while not os.path.exists("waiting"):
    time.sleep(0.05)
os.write(terminal, b"\3")
output = b""
while True:
    try:
        got = os.read(terminal, 65536)
    except OSError:
        break
    if not got:
        break
    output += got
print(output.decode())
print("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
D
assert_eq 1 "$(grep -c 'stopped by 2' out)" "Ctrl-C reaches the command once: $(cat out)"
assert_contains "$(cat out)" 'ended 42' 'the status after Ctrl-C'
assert_contains "$(cat out)" 'keeps 1 job (1 task)' 'after Ctrl-C the queue is kept'
# A terminal is the command's: it can read from it.
assert_contains "$("$lib/on_terminal" 80 sarray run -- bash -c '[[ -t 0 && -t 1 && -t 2 ]] && ps -o tpgid= -o pgid= -p $$ | awk "{ print \$1 == \$2 ? \"foreground\" : \"background\" }"' 2>&1)" foreground 'the terminal'
# nohup: what is ignored stays ignored.
assert_eq "$(nohup grep SigIgn /proc/self/status 2>/dev/null)" "$(nohup sarray run grep SigIgn /proc/self/status 2>/dev/null)" 'ignored signals'
assert_eq 'sarray: nothing was recorded' "$(nohup sarray run -- sh -c 'kill -HUP $PPID; exit 0' 2>&1 | tail -n 1)" 'nohup'
