#!/usr/bin/env bash
# Slurm's commands in a session, on a real Slurm: each question is asked alone about jobs that were submitted, and in a session about
# the same jobs, recorded only or merged. The answers are equal but for the ids and the times.
# run: 60
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
need_cluster --own --conf FirstJobId=70001 # no id that is a number in an answer, too
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
mkdir "$HOME"
tag=q$$ # names that no other test's jobs have
cat >job.sh <<'J'
#!/bin/bash
echo "ran $*"
until [ -e go ]; do sleep 0.1; done
J
# Two jobs, held: $a is a plain one, $b an array.
cat >make.sh <<D
a=\$(sbatch --parsable -H -J ${tag}a -t 5 --comment=why job.sh x y)
b=\$(sbatch --parsable -H -J ${tag}b -t 5 --comment=why --array=3-9:2 job.sh)
D
cat >questions.sh <<D
# Of several jobs without a priority Slurm shows any one first.
ask() { echo "\$ line \$BASH_LINENO: \$1"; { "\$@" 2>&1 </dev/null || echo "status \$?"; } | same "\$a" "\$b" | sort; }
. ./same.sh
names=${tag}a,${tag}b
ask squeue -n \${names%,*}
ask squeue -n \${names#*,} -r
ask squeue -n \$names -h -o '%i %P'
ask squeue -n \$names -r -h -o '%i'
ask squeue -l -h -n \$names -r
ask squeue -j \$a
ask squeue -h -j \$a -o '%A|%F|%K|%i|%j|%t|%T|%l|%D|%u|%U|%g|%Z|%N|%M|%k|%y|%f|%v|%E|%C|%o|'
ask squeue -h -j \$b -o '<%.30i> <%25i> <%5j> <%.3t>'
ask squeue -h -j \$b -r -o '%i|%A|%F|%K|%T'
ask squeue -h -j \${b}_5 -o '%i %A %K'
ask squeue -h -j \$a,\$b -S i -O 'JobArrayID:40,Name:.30,State:8,TimeLimit,NumNodes: ,UserName:0,ArrayTaskID'
ask squeue -h -j \$a -t RUNNING
ask squeue -h -j \$a -t PD -o %i
ask squeue -h -u \$(id -un) -n \${names%,*} -o %i
ask squeue -h -u nobody -n \$names
ask squeue -h -p other -j \$a,\$b
ask squeue -h --me -n \$names -o %j
SQUEUE_FORMAT='%i %j' ask squeue -h -j \$a
ask squeue --start -h -j \$a -o %i
ask scontrol show job 2147483646
ask eval "scontrol -o show job \${b}_5 | grep -oE '(JobId|ArrayJobId|ArrayTaskId|JobName|StdOut)=[^ ]*'"
ask scontrol show job \${b}_4
ask scontrol show job \${a}_4
ask squeue -j 2147483646
ask scontrol write batch_script \$a -
ask scancel -n ${tag}nobody
D
# What scontrol shows of a job, as far as it is the same for every one: a recorded job has no priority yet.
cat >shows.sh <<'D'
for id in $a $b; do
  scontrol show job $id | sed -E 's/^ +//; /^(Priority|SubmitTime|AccrueTime|SuspendTime|TRES|Partition|MinCPUsNode|Std|Comment|Power|MCS)/d; s/EligibleTime.*//'
  scontrol -o show job $id | grep -oE '(JobId|ArrayJobId|JobName|UserId|JobState|TimeLimit|Command|WorkDir|NumCPUs)=[^ ]*'
done
D
cat >same.sh <<'D'
# Ids and times are not the same; blanks in columns of fixed width follow the ids' lengths.
same() { # A B
  awk '/^(sarray: note|hint): / { print >>"notes"; next } { print }' | sed -E "s/\b$1\b/PLAIN/g; s/\b$2\b/ARRAY/g; s/\b$1_/PLAIN_/g; s/\b$2_/ARRAY_/g; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}/TIME/g; s/  +/ /g; s/ +>/>/g; s/^ //; s/ *$//"
}
D
. ./same.sh
compare() { # WANTED GOT WHAT
  cmp -s "$1" "$2" || fail "$3"$'\n'"$(diff "$1" "$2")"
}

# --- alone ---------------------------------------------------------------------------------------------
. ./make.sh
cancel_alone=$a\ $b
at_exit scancel "$a" "$b"
. ./questions.sh >alone
. ./shows.sh | same "$a" "$b" >alone.shown
scancel $cancel_alone
wait_job "$a"
wait_job "$b"

# --- in a session, recorded only -------------------------------------------------------------------------
cat >session.sh <<'D'
. ./make.sh
. ./questions.sh >recorded
scontrol requeue $a 2>requeued || echo "$?" >>requeued
. ./shows.sh >recorded.shown.raw
echo "$a $b" >ids
D
sarray listen <session.sh 2>listen.err
read -r a b <ids
((a > 2000000000 && b > 2000000000)) || fail "not recorded: $a $b"
compare alone recorded 'a recorded job in the answers'
same "$a" "$b" <recorded.shown.raw >recorded.shown
compare alone.shown recorded.shown 'scontrol show job of a recorded job'
assert_eq "Job is pending execution for job $a"$'\n1' "$(cat requeued)" 'a pending job is not requeued'
assert_eq 1 "$(grep -c 'these jobs are only recorded' notes)" 'the tenth question is answered with one line'
assert_contains "$(cat notes)" 'hint: sarray submit, or sarray run' 'and it says what to do'

# --- merged, and held as the jobs are alone -------------------------------------------------------------
cat >session.sh <<'D'
. ./make.sh
sarray submit --parsable >real
. ./questions.sh >merged
. ./shows.sh >merged.shown.raw
echo "$a $b" >ids
D
sarray listen <session.sh 2>listen.err || fail "$(cat listen.err)"
read -r a b <ids
real=$(cat real)
at_exit scancel "$real"
compare alone merged 'a merged job in the answers'
same "$a" "$b" <merged.shown.raw >merged.shown
compare alone.shown merged.shown 'scontrol show job of a merged job'

# --- after the session, by the ids that sbatch answered ---------------------------------------------------
assert_eq "$a PENDING" "$(sarray exec squeue -h -j "$a" -o '%i %T')" 'sarray exec'
assert_eq "$real"_0 "$(squeue -h -j "$real"_0 -o %i)" 'the merged array is held'
sarray exec scontrol release "$a" "${b}_5"
runs() { [[ $(sarray exec squeue -h -j "$1" -o %T) == *RUNNING* ]]; }
wait_until 'the plain job runs' runs "$a"
wait_until 'the released task runs' runs "${b}_5"
assert_eq "$a ${b}_5" "$(sarray exec squeue -h -j "$a,$b" -t R -S i -o %i | sort | tr '\n' ' ' | sed 's/ $//')" 'what runs'
assert_eq "${b}_[3,7,9]" "$(sarray exec squeue -h -j "$b" -t PD -o %i)" 'what is still held, in one line'
raw=$(squeue -h -j "$real"_0 -o %A)
assert_contains "$(sarray exec scontrol show job "$a")" "JobId=$a JobName=${tag}a" 'a running job'
# A plain job's %j is its id in Slurm, which so is in the name of its file; it is nowhere else.
assert_eq 0 "$(sarray exec scontrol show job "$a" | grep -v ' Std...=' | grep -c "$raw" || true)" "Slurm's own id is not shown"
assert_contains "$(sarray exec scontrol show job "$a")" "StdOut=$PWD/slurm-$raw.out" 'the file of a running job'
assert_eq 'ran x y' "$(cat "slurm-$raw.out")" 'what the job wrote is in that file'
assert_eq "$(hostname)" "$(sarray exec srun --jobid="$a" hostname </dev/null)" 'srun --jobid'
sarray exec scancel "${b}_3"
gone() { [[ $(sarray exec squeue -h -j "$b" -t PD -o %i) == "${b}_[7,9]" ]]; }
wait_until 'a task is cancelled by its own id' gone
sarray exec scancel -n "${tag}b"
is_alone() { [[ $(sarray exec squeue -h -j "$a,$b" -o %i) == "$a" ]]; }
wait_until 'cancelled by name: the array, and nothing else' is_alone
touch go
wait_job "$real"
rm go

# --- changes of recorded jobs ----------------------------------------------------------------------------
cat >session.sh <<'D'
. ./make.sh
scontrol update jobid=$a timelimit=2:00:00 comment=other name=renamed
squeue -h -j $a -o '%l %k %j %r'
scontrol release $a
squeue -h -j $a -o %r
scontrol hold $a
squeue -h -j $a -o %r
scancel ${b}_5 ${b}_9
squeue -h -j $b -o %i | sed 's/.*_/_/'
scontrol update jobid=$a nosuch=1 || echo "refused $?"
scontrol update jobid=$a timelimit=nonsense || echo "refused $?"
squeue -h -j $a -o %l
scancel $a
squeue -h -j $a -o %i
squeue -h -j $a -t all -o %T
scancel --me -t PENDING -n $(squeue -h -j $b -o %j)
sarray list
D
sarray listen <session.sh >out 2>err
assert_eq '2:00:00 other renamed JobHeldUser
Recorded
JobHeldUser
_[3,7]
refused 1
refused 1
2:00:00
CANCELLED
the queue is empty' "$(cat out)" 'what the commands change'
assert_contains "$(cat err)" 'scontrol update nosuch=1: the job is only recorded, and sbatch has no such option' 'a key without an option'

# Nothing is cancelled or changed that was not named.
cat >session.sh <<'D'
. ./make.sh
try() { "$@"; echo "$?: $(squeue -h -S i -j $a,$b -o %i | sed "s/$a/A/; s/$b/B/" | tr '\n' ' ')"; }
try scancel ${a}_3
try scancel ${b}_4
try scancel $a none
try scancel -t nosuch $a
try scancel -t PD ${a}_3
try scontrol hold ${b}_3
try scontrol release ${b}_4
squeue -h -j $b -o %r
try squeue -h -j ${b}_3,${b}_5,17 -o %K
try squeue -h -j ${b}_3,$b -o %K
try scancel ${b}_[3,5] $a $a ${a}_3
try scontrol hold $a
try scancel $b $a
sarray list
D
sarray listen <session.sh >out 2>err
sed -E 's/20000000[0-9]+/V/g' err >err.ids
assert_eq '0: A B_[3,5,7,9] 
0: A B_[3,5,7,9] 
1: A B_[3,5,7,9] 
1: A B_[3,5,7,9] 
1: A B_[3,5,7,9] 
1: A B_[3,5,7,9] 
1: A B_[3,5,7,9] 
JobHeldUser
3,5
0: A B_[3,5,7,9] 
3
0: A B_[3,5,7,9] 
0: B_[7,9] 
1: B_[7,9] 
0: 
the queue is empty' "$(cat out)" 'what wrong words do'
assert_contains "$(cat err.ids)" 'scancel: error: Invalid job id none' 'a word that is no id'
assert_contains "$(cat err.ids)" 'Invalid job state specified: nosuch' 'a state that is none'
assert_contains "$(cat err.ids)" 'Kill job error on job id V_3: Invalid job id specified' 'no such task, with a filter'
assert_contains "$(cat err.ids)" 'scontrol hold of single tasks of V: the job is only recorded' 'a single task is not held'
assert_contains "$(cat err.ids)" 'V_4: Invalid job id specified' 'no such task'
assert_contains "$(cat err.ids)" 'Job has already finished for job V' 'hold of a cancelled job'

# The changes are what is submitted.
cat >session.sh <<'D'
. ./make.sh
scancel $b
scontrol update jobid=$a timelimit=7 comment=changed
sarray set $a --nice=5
scontrol release $a
touch go
sarray submit --parsable >real
echo "$a" >ids
D
sarray listen <session.sh 2>err || fail "$(cat err)"
wait_job "$(cat real)"
assert_eq '7:00 changed 5' "$(squeue -h -t all -j "$(cat real)" -o '%l %k %y')" 'the merged array has what was changed'
rm go

# --- what is not translated is refused by name, and only if a job of ours may be meant ----------------------
cat >session.sh <<'D'
. ./make.sh
squeue --yaml -j $a || echo "refused $?"
squeue -h -j $a -O tres-alloc || echo "refused $?"
srun --jobid=$a true </dev/null || echo "refused $?"
squeue --json -j 1 >/dev/null 2>&1; echo "passed on"
sarray cancel --yes
D
sarray listen <session.sh >out 2>err
assert_eq 'refused 1
refused 1
refused 1
passed on' "$(grep -E '^(refused|passed)' out)" 'refusals'
assert_contains "$(cat err)" 'squeue --yaml: sarray cannot translate it' 'by name'
assert_contains "$(cat err)" 'squeue: column tres-alloc: nothing can be said about it' 'a column'

# --- what cannot be about us is Slurm's at once, without a look at the journal -----------------------------
cat >session.sh <<'D'
. ./make.sh
mv "$SARRAY_SHARE/journal" "$SARRAY_SHARE/away"
squeue -h -j 2147 2>&1
scontrol show partition -o | head -n 1 | cut -d ' ' -f 1
squeue -h -j $a 2>&1 | grep -c 'no such session'
mv "$SARRAY_SHARE/away" "$SARRAY_SHARE/journal"
sarray cancel --yes
D
sarray listen <session.sh >out 2>err
assert_contains "$(cat out)" 'PartitionName=' "Slurm's own commands"
assert_contains "$(cat out)" 'slurm_load_jobs error: Invalid job id specified' "Slurm's own words"
echo "ok"
