#!/usr/bin/env bash
# Choosing jobs of a session and changing one's mind: submit JOBS..., drop --undo, set, a script that was edited, `last`.
# run: 30
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
unset SARRAY_SESSION
mkdir "$HOME" mine other
printf '#!/bin/bash\necho "ran $*"\n' >job.slurm
cp job.slurm mine/

session() { printf '%s\n' "$@" | (cd mine && sarray listen) >listened 2>&1 || :; } # LINE...
said() { assert_contains "$(<listened)" "$1" "$2"; }                                # TEXT WHAT
ran() { cat mine/slurm-*.out 2>/dev/null | sort | paste -sd ' '; }
clean() { rm -rf mine/slurm-*.out mine/id*; }

# --- some jobs of a session -----------------------------------------------------------------------
session 'for i in 1 2 3 4 5; do sbatch job.slurm $i; done' 'sarray submit --parsable 2 4-5 >id' 'echo "then $(sarray list | tail -n 1)"' \
  'sbatch job.slurm 6' 'sarray submit 2' 'sarray submit 9' 'sarray submit --parsable >id2' 'sarray submit 1; true'
said 'sarray: note: 2 jobs stay in the queue; the session goes on' 'what stays'
said 'then 2 jobs, 2 tasks' 'the rest of the queue'
said 'sarray: error: job 2: it was submitted already' 'a job that is submitted'
said 'sarray: error: job 9: the jobs are 1 to 6' 'a job that there is not'
wait_job "$(<mine/id)"
wait_job "$(<mine/id2)"
assert_eq 'ran 1 ran 2 ran 3 ran 4 ran 5 ran 6' "$(ran)" 'each once'
assert_eq 3 "$(sarray which "$(<mine/id)" --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["tasks"]))')" 'the first array has the three'
assert_eq '2 4 5' "$(sarray which "$(<mine/id)" --json | python3 -c 'import json, sys; print(*[t["arguments"][0] for t in json.load(sys.stdin)["tasks"]])')" 'those that were named'
clean

# By the id that sbatch answered, and from outside of the session.
session 'a=$(sbatch --parsable job.slurm a); sbatch job.slurm b; sbatch job.slurm c; sarray submit --parsable $a >id; echo $SARRAY_SESSION >id-session'
name=$(<mine/id-session)
(cd mine && sarray submit --parsable --session "$name" 3 >id2 2>/dev/null)
wait_job "$(<mine/id)"
wait_job "$(<mine/id2)"
assert_eq 'ran a ran c' "$(ran)" 'by virtual id, and by number with --session'
clean

# --- a number and a file of that name -----------------------------------------------------------------
echo 'sbatch job.slurm from-file' >mine/1
echo 'sbatch job.slurm from-file' >mine/calls
session 'sbatch job.slurm x' 'sarray submit 1' 'sarray submit calls 1' 'sarray submit --parsable ./1 >id' 'sarray submit --parsable --session $SARRAY_SESSION 1 >id2' 'echo $SARRAY_SESSION >id-session'
said 'sarray: error: submit 1: that is a job of this session, and also a file here' 'a file of that name'
said "hint: sarray submit ./1 for the file; for the job: sarray submit --session $(<mine/id-session) 1" 'how to say which'
said 'sarray: error: submit: jobs and a file cannot be given together' 'both'
wait_job "$(<mine/id)"
wait_job "$(<mine/id2)"
assert_eq 'ran from-file ran x' "$(ran)" 'each as it was said'
clean
# Outside of a session it is a file, or nothing.
(cd mine && sarray submit --parsable 1 >id 2>/dev/null) || fail 'a file named 1'
wait_job "$(<mine/id)"
words=$(cd mine && sarray submit 2 2>&1) && fail 'a number without a session'
assert_eq 'sarray: error: submit 2: there is no such file, and a number is a job only inside a session
hint: sarray submit --session NAME 2 (sarray sessions lists them)' "$words" 'a number outside of a session'
rm mine/1
clean

# --- what waits for others ------------------------------------------------------------------------------
session 'a=$(sbatch --parsable job.slurm a)' 'b=$(sbatch --parsable -d afterok:$a job.slurm b)' 'sbatch -d afterok:$b job.slurm c' 'sbatch job.slurm d' \
  'sbatch -J one -d singleton job.slurm e; sbatch -J one -d singleton job.slurm f' \
  'sarray submit 3' 'sarray submit 6' 'sarray submit --with-parents' 'sarray submit --with-parents 3 --parsable >id' 'echo "then $(sarray list | tail -n 1)"' \
  'sarray submit 5 --parsable >id2; sarray submit 6 --parsable >>id2'
said 'sarray: error: job 3 cannot be submitted alone: it waits for jobs 1,2, which would stay in the queue' 'a child alone'
said 'hint: sarray submit --with-parents 3 submits all of these' 'the line that is meant'
said 'sarray: error: job 6 cannot be submitted alone: it waits for job 5, which would stay in the queue' 'a singleton'
said 'sarray: error: submit: --with-parents needs jobs' '--with-parents alone'
said 'then 3 jobs, 3 tasks' 'those that nobody named'
while read -r id; do wait_job "$id"; done < <(cat mine/id mine/id2)
assert_eq 'ran a ran b ran c ran e ran f' "$(ran)" 'with their parents'
clean

# --- a script that changed ------------------------------------------------------------------------------
session 'sbatch job.slurm 1; sbatch job.slurm 2; sbatch --wrap true; sed s/ran/edited/ job.slurm >new; mv new job.slurm; sbatch job.slurm 3' \
  'printf "#!/bin/sh\n" >gone.sh; sbatch gone.sh; rm gone.sh' 'sarray submit --parsable >id'
said "sarray: note: $TEST_DIR/mine/job.slurm has changed since jobs 1,2 were recorded; they run as they were then" 'an edited script'
assert_eq 1 "$(grep -c 'has changed' listened)" 'nothing else has'
wait_job "$(<mine/id)"
assert_eq 'edited 3 ran 1 ran 2' "$(ran)" 'they run as they were'
clean

# --- drop and back ----------------------------------------------------------------------------------------
session 'for i in 1 2 3 4; do sbatch job.slurm $i; done' 'sarray drop --undo' 'sarray drop 2' 'sarray drop 3 4' 'sarray drop --undo' 'sarray drop --undo' 'sarray drop --undo' \
  'sarray drop' 'sarray drop 1 --undo' 'sarray set 2 --comment="hello you" --time=7' 'sarray list >id-list' 'sarray submit --parsable >id'
said $'sarray: dropped 2 jobs; 1 job left\nhint: sarray drop --undo queues them again' 'how to get them back'
said 'sarray: 2 jobs queued again: 3,4; 3 jobs in the queue' 'the last drop'
said 'sarray: 1 job queued again: 2; 4 jobs in the queue' 'the one before it'
assert_eq 2 "$(grep -c 'sarray: error: drop --undo: nothing that was dropped is left to be queued again' listened)" 'nothing to undo'
said 'sarray: error: drop: JOB... is missing' 'drop alone'
said 'cannot be given together' 'jobs and --undo'
session 'for i in 1 2 3; do sbatch job.slurm $i; done' 'sarray drop 3' 'sarray cancel' 'sarray drop --undo; sarray drop --undo' 'sarray submit --parsable >id'
said 'sarray: 2 jobs queued again: 1,2; 2 jobs in the queue' 'what cancel dropped'
said 'sarray: 1 job queued again: 3; 3 jobs in the queue' 'and what was dropped before'
wait_job "$(<mine/id)"
clean

# --- last ---------------------------------------------------------------------------------------------------
printf '#!/bin/bash\nsleep 300\n' >mine/long.slurm
here() { (cd mine && "$@"); }
(cd other && echo 'sbatch --wrap true' | sarray submit --parsable - >../other-id 2>/dev/null)
printf 'sbatch -o /dev/null long.slurm a\nsbatch -o /dev/null long.slurm b\nsbatch -o out job.slurm c\n' >mine/calls
id=$(here sarray submit --parsable calls 2>/dev/null)
at_exit scancel "$id"
(cd other && echo 'sbatch --wrap true' | sarray submit --parsable - >../other-id 2>/dev/null)
assert_contains "$(here sarray status)" "$id" 'status without an id'
assert_contains "$(here sarray status last --tasks)" "${id}_0" 'status last'
assert_contains "$(here sarray which)" "${id}_2" 'which without an id'
assert_contains "$(here sarray which last_1 2>&1)" "task       ${id}_1" 'a task of the last'
assert_contains "$(here sarray hold last_0 2>&1)" "sarray: last is array $id: sarray, 3 tasks, submitted " 'what last stands for'
words=$(here sarray cancel 2>&1) && fail 'cancel without an id'
assert_eq "sarray: error: no session: this shell is not inside 'sarray listen'
hint: sarray cancel last, or a job id; --session NAME drops that session's queue" "$words" 'cancel without an id'
for command in retry hold release requeue; do
  words=$(here sarray $command 2>&1) && fail "$command without an id"
  assert_contains "$words" "sarray: error: $command: TASK is missing" "$command without an id"
done
wait_until 'the output of c' file_has mine/out 'edited c'
assert_eq 'edited c' "$(here sarray logs --job 3 2>/dev/null)" 'logs without an id'
words=$(here sarray cancel last --yes 2>&1) || fail "cancel last: $words"
assert_contains "$words" "sarray: last is array $id: sarray, 3 tasks, submitted " 'cancel last'
assert_contains "$words" "$id" 'cancel last'
wait_job "$id"
id2=$(here sarray retry last --state cancelled --parsable 2>words) || fail "retry last: $(cat words)"
at_exit scancel "$id2"
assert_contains "$(here sarray cancel last --yes 2>&1)" "sarray: last is array $id2, a retry of $id: " 'a retry is the last then'
mkdir new
words=$(cd new && sarray retry last 2>&1) && fail 'last, and nothing was submitted here'
assert_eq 'sarray: error: last: nothing was submitted from this directory on this cluster
hint: sarray history' "$words" 'nothing from this directory'
assert_contains "$(cd new && sarray status)" "$id" 'status shows the submissions from others then'
