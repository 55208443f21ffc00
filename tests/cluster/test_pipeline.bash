#!/usr/bin/env bash
# Jobs that wait for jobs: the order, the fates and what each task is told of it, as if each had been submitted alone; nothing begins early,
# and nothing is forgotten in hold, whenever submit is killed.
# SARRAY_PIPELINE_RELEASE: on the Slurm of that Debian (tools/cluster up --release).
# run: 60
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
if [[ -n ${SARRAY_PIPELINE_RELEASE-} ]]; then need_cluster --own --release "$SARRAY_PIPELINE_RELEASE"; else need_cluster; fi
cd "$TEST_DIR"
mkdir bin
ln -s "$SARRAY" bin/sarray
export PATH=$TEST_DIR/bin:$PATH SARRAY_STATE_DIR=$TEST_DIR/state

# say NAME: a job that notes its begin and end, with the time in nanoseconds.
cat >say.sh <<'E'
#!/bin/bash
# say.sh NAME SECONDS STATUS
name=$1${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}
echo "$(date +%s%N) begin $name ${SLURM_JOB_DEPENDENCY-none}" >>log
sleep "$2"
echo "$(date +%s%N) end $name" >>log
exit "$3"
E
chmod +x say.sh
export SBATCH_OUTPUT=/dev/null

began() { grep -q " begin $1 " log; }
ended() { grep -q " end $1\$" log; }
# after CHILD PARENT...: the child began after the end of each parent.
after() {
  local child=$1 begin end parent
  shift
  begin=$(awk -v n="$child" '$2 == "begin" && $3 == n { print $1 }' log)
  [[ -n $begin ]] || fail "$child never began"$'\n'"$(cat log)"
  for parent; do
    end=$(awk -v n="$parent" '$2 == "end" && $3 == n { print $1 }' log)
    [[ -n $end ]] && ((begin > end)) || fail "$child began before the end of $parent"$'\n'"$(cat log)"
  done
}
told() { awk -v n="$1" '$2 == "begin" && $3 == n { print $4 }' log; }

# remain N ID...: whether no more than N tasks of these arrays are in the queue, all of them pending.
remain() {
  local shown n=$1
  shift
  shown=$(squeue -h -r -j "$(IFS=,; echo "$*")" -o %T)
  [[ $(grep -c . <<<"$shown") == "$n" && $shown != *RUNNING* && $shown != *COMPLETING* ]]
}

# --- a fan-out, per-task edges, joins ----------------------------------------------------------------------------------
: >log
cat >session.sh <<'E'
all=
for i in 1 2 3; do
  a=$(sbatch --parsable say.sh "align$i" 0.3 $((i == 2)))
  b=$(sbatch --parsable -c2 --dependency=afterok:"$a" say.sh "call$i" 0 0)
  c=$(sbatch --parsable -d afternotok:"$a" say.sh "mend$i" 0 0)
  all=$all:$a
  echo "$a $b $c" >>ids
done
sbatch --parsable -d "afterany$all" say.sh joined 0 0 >join
sbatch -d "afterok$all" say.sh never 0 0
sbatch -d "afterok:$(head -n1 ids | cut -d' ' -f2)?afterok:$(sed -n 2p ids | cut -d' ' -f2)" say.sh either 0 0
sarray submit --split >answers 2>words || cat words
E
sarray listen <session.sh >listened 2>&1
mapfile -t arrays < <(grep -o '[0-9]*$' answers)
((${#arrays[@]} == 4)) || fail "arrays: ${#arrays[@]}"$'\n'"$(cat words listened)"
wait_until 'an end of the first pipeline' remain 4 "${arrays[@]}"
after call1 align1 && after call3 align3 && after mend2 align2
after joined align1 align2 align3
began call2 && fail 'a job whose parent failed began'
began never && fail 'a join with a failed parent began'
began mend1 && fail 'what waits for a failure began without one'
after either call1
read -r a1 _ <ids
assert_eq "afterok:$a1" "$(told call1)" 'SLURM_JOB_DEPENDENCY'
assert_eq none "$(told align1)" 'SLURM_JOB_DEPENDENCY of a job that waits for nothing'
assert_eq 4 "$(squeue -h -r -j "$(IFS=,; echo "${arrays[*]}")" -o %r | grep -c Dependency)" 'jobs that never run'
assert_contains "$(<words)" '4 arrays may start now: Slurm held them until it knew which tasks wait for which' 'the note'
scancel "${arrays[@]}"

# --- arrays: task by task, 30 of which 12 fail ----------------------------------------------------------------------------
: >log
cat >session.sh <<'E'
p=$(sbatch --parsable --array=1-30 --wrap 'exit $((SLURM_ARRAY_TASK_ID <= 12))')
sbatch --array=1-30 -d aftercorr:$p say.sh twin 0 0
q=$(sbatch --parsable say.sh other 0 0)
sbatch -d afterok:${p}_20:$q say.sh one 0 0
sbatch -d afterany:${p}_77,afterok:$q say.sh absent 0 0
sarray submit >answers 2>words || cat words
E
sarray listen <session.sh >listened 2>&1
mapfile -t arrays < <(grep -o '[0-9]*$' answers)
((${#arrays[@]} == 2)) || fail "arrays: $(cat words listened answers)"
wait_until 'an end of the arrays' remain 12 "${arrays[@]}"
assert_eq 18 "$(grep -c ' begin twin_' log)" 'twins of the 18 that are done'
for i in {13..30}; do ended "twin_$i" || fail "twin $i"; done
after one other && after absent other
scancel "${arrays[@]}"

# --- singleton --------------------------------------------------------------------------------------------------------------
: >log
name=one-$$-$RANDOM
outer=$(sbatch --parsable -J "$name" -H --wrap true)
cat >session.sh <<E
for i in 1 2 3; do sbatch -J $name -d singleton say.sh s\$i 0.2 0; done
sarray submit >answers 2>words || cat words
E
sarray listen <session.sh >listened 2>&1
mapfile -t arrays < <(grep -o '[0-9]*$' answers)
assert_contains "$(squeue -h -r -j "$(IFS=,; echo "${arrays[*]}")" -o %E)" "afterany:$outer" 'it waits for a job of that name that is not of the session'
scontrol release "$outer"
for id in "${arrays[@]}"; do wait_job "$id"; done
after s2 s1 && after s3 s2

# --- earlier submissions, and jobs of Slurm's own ---------------------------------------------------------------------------
: >log
gate=$(sbatch --parsable -H --wrap true)
cat >session.sh <<E
sbatch --parsable -d afterany:$gate say.sh first 0.2 0 >first
sbatch say.sh beside 0 0
sarray submit >answers 2>words || cat words
sbatch -d afterok:\$(<first) say.sh second 0 0
sarray submit >>answers 2>>words || cat words
E
sarray listen <session.sh >listened 2>&1
mapfile -t arrays < <(grep -o '[0-9]*$' answers)
((${#arrays[@]} == 2)) || fail "arrays: $(cat words listened answers)"
wait_until 'the job that waits for nothing' ended beside
began first && fail 'it did not wait for a job of Slurm'\''s own'
scontrol release "$gate"
for id in "${arrays[@]}"; do wait_job "$id"; done
after second first
# --- what is over, or not known ----------------------------------------------------------------------------------------------
failed=$(sbatch --parsable --wrap false)
done=$(sbatch --parsable --wrap true)
wait_job "$failed"
wait_job "$done"
cat >session.sh <<E
sbatch -d afterok:$failed say.sh x 0 0; echo "status \$?"
sbatch -d afternotok:$failed,afterok:$done say.sh y 0 0; echo "status \$?"
sbatch -d afterany:999999 say.sh z 0 0; echo "status \$?"
id=\$(sbatch --parsable say.sh gone 0 0)
last=\$(sbatch --parsable -d afterok:\$id say.sh last 0 0)
sarray drop 3; echo "status \$?"
sarray drop --with-dependents 3
sbatch -d afterok:\$last say.sh w 0 0; echo "status \$?"
sarray submit >answers; echo "status \$?"
sarray submit --assume-done >answers; echo "status \$?"
E
: >log
sarray listen <session.sh >listened 2>&1
assert_eq 'status 1 status 0 status 0 status 1 status 1 status 1 status 0' "$(grep -o '^status.*' listened | paste -sd' ')" "$(cat listened)"
assert_contains "$(<listened)" "--dependency=afterok:$failed: that job is over, and did not end so: this one would never run" 'a failed parent'
assert_contains "$(<listened)" 'jobs 3 cannot be dropped alone: job 4 waits for them' 'drop of a parent'
assert_contains "$(<listened)" 'job 4 was dropped, and will never run' 'a dropped parent'
assert_contains "$(<listened)" 'job 2: --dependency=afterany:999999: Slurm does not know job 999999' 'a parent that nobody knows'
wait_job "$(grep -o '[0-9]*$' answers)"
ended y || fail 'what was satisfied already did not run'
ended z || fail 'what was assumed to be done did not run'
echo "fan-out, joins, arrays task by task, singleton, earlier submissions"
