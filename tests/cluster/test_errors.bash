#!/usr/bin/env bash
# Every error is reported in one way, word for word.
# run: 10 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION
printf '#!/bin/bash\nsleep 60\n' >job.slurm

# says STATUS WORDS COMMAND...: its status, and what it says on stderr.
says() {
  local want_status=$1 want=$2 status=0 words
  shift 2
  words=$("$@" 2>&1 >/dev/null) || status=$?
  assert_eq "$want" "$words" "words of: $*"
  assert_eq "$want_status" "$status" "status of: $*"
}
session() { sarray listen 2>&1 <<<"$1"; } # COMMANDS

no_session='sarray: error: no session: this shell is not inside '"'sarray listen'"'
hint: sarray run -- ./launch.sh, or sarray listen, or sarray submit FILE'
for command in submit list 'drop 1'; do
  # shellcheck disable=SC2086 # its words
  says 1 "$no_session" sarray $command
done
says 1 'sarray: error: no such session: nosuch
hint: sarray sessions' sarray submit --session nosuch
says 1 'sarray: error: listen: there is no session to resume
hint: sarray sessions' sarray listen --resume

assert_eq 'sarray: error: nothing to submit: the queue is empty
hint: sbatch [OPTION]... SCRIPT [ARGUMENT]...' "$(session 'sarray submit; true')" 'an empty queue'
assert_eq 'sarray: error: job 3: the jobs are 1 to 1
hint: sarray list' "$(session 'sbatch job.slurm >/dev/null; sarray drop 3; sarray cancel 2>/dev/null')" 'a job that there is not'
assert_eq 'sarray: dropped 1 job; 0 jobs left
hint: sarray drop --undo queues it again
sarray: error: job 1: it was dropped already
hint: sarray list' "$(session 'sbatch job.slurm >/dev/null; sarray drop 1; sarray drop 1')" 'dropped twice'

# --- a queue file ----------------------------------------------------------------------------------
printf '# fine\njob.slurm\nsbatch job.slurm "unended\n' >queue
says 1 'sarray: error: queue: line 3: unterminated "' sarray submit queue
printf 'job.slurm\nsbatch job.slurm | tee log\n' >queue
says 1 "sarray: error: queue: line 2: '|' needs a shell, but this file is read line by line, one sbatch call each
hint: quote it, or run the file as a script: sarray run -- bash queue" sarray submit queue
printf 'sbatch --array=0-2 job.slurm\nsbatch --nosuch=3 job.slurm\n' >queue
says 255 "sbatch: unrecognized option '--nosuch=3'
Try \"sbatch --help\" for more information
sarray: error: queue: line 2: sbatch refuses this call" sarray submit queue
printf 'sbatch nosuch.slurm\n' >queue
says 1 'sbatch: error: Unable to open file nosuch.slurm
sarray: error: queue: line 1: sbatch refuses this call' sarray submit queue
printf '#!/usr/bin/env python3\nimport os\nos.system("sbatch job.slurm")\n' >launch.py
says 1 'sarray: error: launch.py: line 3: '"'('"' needs a shell, but this file is read line by line, one sbatch call each
hint: quote it, or run the file as a script: sarray run -- /usr/bin/env python3 launch.py' sarray submit launch.py
printf 'import os\n' >launch.py
says 1 'sbatch: error: Unable to open file import
sarray: error: launch.py: line 1: sbatch refuses this call
hint: run the file as a program: sarray run -- python3 launch.py' sarray submit launch.py
printf '\n# nothing\n' >queue
says 1 'sarray: error: queue: it contains no sbatch calls
hint: a line is: sbatch [OPTION]... SCRIPT [ARGUMENT]...' sarray submit queue
says 1 'sarray: error: nofile: No such file or directory' sarray submit nofile

# --- recorded calls that sbatch would refuse ---------------------------------------------------------
printf 'echo no interpreter\n' >plain.txt
for call in 'sbatch nosuch.slurm' 'sbatch plain.txt' 'sbatch --nosuch job.slurm' 'sbatch -n x job.slurm' 'sbatch /dev/null' 'sbatch .'; do
  status=0
  alone=$($call 2>&1) || status=$?
  assert_eq "$alone|$status" "$(session "$call; echo \"|\$?\"" | paste -sd '~' | sed 's/~|/|/; s/~/\n/g')" "refusal of: $call"
done
assert_eq "sarray: error: --wait: a recorded call cannot wait; after the submit use: sarray status JOBID --wait
hint: $(type -P sbatch) --wait job.slurm" "$(session 'sbatch --wait job.slurm; true')" 'what a merge cannot keep'

# --- throttle --------------------------------------------------------------------------------------
plain=$(sbatch --parsable -o /dev/null job.slurm)
at_exit scancel "$plain"
chmod 755 .
other=$(as_user sarray-test sbatch --parsable -o /dev/null --chdir=/ --array=0-1 <job.slurm)
at_exit scancel "$other"
says 1 "sarray: error: job $plain: it is not a job array
hint: squeue --me --array" sarray throttle "$plain" -t 1
says 1 "sarray: error: job $other: it belongs to sarray-test
hint: squeue --me" sarray throttle "$other" -t 1
says 1 'sarray: error: job 99999999: Slurm does not know this job
hint: squeue --me' sarray throttle 99999999 -t 1
says 1 'sarray: error: job 2000000001: that is the id of a recorded job; Slurm knows the merged array
hint: squeue --me' sarray throttle 2000000001 -t 1
says 2 "sarray: error: job x: it is neither a job id nor the name of a submission
hint: sarray find x, if it is a job's name; sarray history shows job ids" sarray throttle x -t 1
says 2 "sarray: error: -t: 'x' is not a whole number (0 or more)
hint: sarray throttle --help" sarray throttle "$plain" -t x

# --- what the following commands are about -----------------------------------------------------------
echo 'sbatch -H -a 0-3 -o /dev/null job.slurm' >queue
id=$(sarray submit queue --parsable 2>/dev/null)
at_exit scancel "$id"
says 2 "sarray: error: job id: '1.batch' is not a whole number (1 or more)
hint: 4217, 4217_7 or 4217_[3-5]: sarray history shows job ids" sarray status 1.batch
says 2 'sarray: error: job xyz: it is neither a job id nor the name of a submission
hint: sarray find xyz, if it is a job'\''s name; sarray history shows job ids' sarray status xyz
for word in sarray-01 sarray-1.0; do
  for command in status 'find x'; do
    # shellcheck disable=SC2086 # words
    says 2 "sarray: error: job $word: numbers in the names of submissions begin with 1, and have no zeros in front
hint: sarray-3 is a submission of several arrays, sarray-3.2 is one of them: squeue shows these names" sarray $command "$word"
  done
done
says 2 'sarray: error: job sarray-1_[0]: task ids follow the job id of an array, not a name
hint: 4217_[0], as squeue shows the task; sarray history shows job ids' sarray retry 'sarray-1_[0]'
says 2 "sarray: error: -n: 'abc' is not a whole number (0 or more)
hint: sarray logs --help" sarray logs "$id" -n abc
says 2 "sarray: error: -n: '0' is not a whole number (1 or more)
hint: sarray history --help" sarray history -n 0
says 1 'sarray: error: /nonexist: No such file or directory
hint: sarray history, or the script that was submitted: --from sarray.slurm' sarray status "$id" --script /nonexist
says 2 "sarray: error: --job 12: the jobs are 1 to 1
hint: sarray status $id" sarray cancel "$id" --job 12
says 2 "sarray: error: --tasks 2-1: not a valid list of indices
hint: --tasks 3,5-8" sarray cancel "$id" --tasks 2-1
says 2 "sarray: error: --tasks 3-4: the array's indices are 0 to 3
hint: sarray status $id --tasks" sarray cancel "$id" --tasks 3-4
says 1 "sarray: error: job $id: its indices are 0 to 3
hint: sarray status $id --tasks" sarray cancel "${id}_[2-9]"
says 0 "sarray: would cancel 3 tasks: ${id}_[0,2,3]" sarray cancel -n "${id}_[0,2-3]"
virtual=$(sarray which "${id}_0" | sed -n 's/^id  *\([0-9]*\)_0$/\1/p')
says 0 "sarray: would cancel 2 tasks: ${id}_[1,2]" sarray cancel -n "${virtual}_[1-2]"
says 1 "sarray: error: job $virtual: its task ids are 0-3
hint: sarray which $virtual" sarray cancel "${virtual}_[1-4]"
# Somebody else's, none of sarray's, and none at all are told apart.
for command in status which logs cancel; do
  says 1 "sarray: error: job $plain: it was not submitted by sarray
hint: sarray history" sarray $command "$plain"
  says 1 "sarray: error: job $other: it belongs to sarray-test
hint: squeue --me" sarray $command "$other"
  says 1 "sarray: error: job 99999999: Slurm does not know this job, or has forgotten it
hint: sarray history, or give the script that was submitted: --from sarray.slurm" sarray $command 99999999
done
scancel "$id"

# --- a variable that was never set is not taken for everything -------------------------------------
says 2 'sarray: error: cancel: --tasks is given, but empty
hint: sarray cancel --help' sarray cancel "$other" --tasks ''
says 2 'sarray: error: status: TASK is given, but empty
hint: sarray status --help' sarray status '' --wait
mkdir empty
cd empty
says 1 'sarray: error: last: nothing was submitted from this directory on this cluster
hint: sarray history' sarray status --wait
cd ..

# --- did you mean ----------------------------------------------------------------------------------
says 2 "sarray: error: sumbit: there is no such command
hint: did you mean 'sarray submit'?" sarray sumbit
# What records is named if the program is given without it.
mkdir words
printf '#!/bin/bash\nsbatch --wrap true\n' >words/launch.sh
printf '#!/usr/bin/env python3\n' >words/launch.py
chmod 755 words/launch.sh
cd words
says 2 "sarray: error: launch.sh: there is no such command
hint: sarray run -- ./launch.sh 'a b'" sarray launch.sh 'a b'
says 2 "sarray: error: ./launch.py: there is no such command
hint: sarray run -- /usr/bin/env python3 ./launch.py" sarray ./launch.py
says 2 "sarray: error: sbatch: there is no such command
hint: sarray run -- sbatch --wrap true" sarray sbatch --wrap true
says 2 "sarray: error: listen: unexpected argument 'launch.sh'
hint: sarray run -- ./launch.sh" sarray listen launch.sh
says 127 "sarray: error: launch.sh: command not found
hint: sarray run -- ./launch.sh" sarray run launch.sh
cd ..
says 2 "sarray: error: list: there is no option '--jsno'
hint: did you mean --json?" sarray list --jsno
echo job.slurm >queue
says 2 "sarray: error: --array: the merged array's indices are sarray's own
hint: -t N throttles it" sarray submit --array=0-3 queue
scancel "$plain" "$other"
echo "each error word for word"
