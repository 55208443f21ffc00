#!/usr/bin/env bash
# What a task asks Slurm about itself is answered as if its job had been submitted alone: the same calls alone and merged, line by line.
# SARRAY_RECORD_RELEASE: another release of Slurm.
# run: 40
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
if [[ -n ${SARRAY_RECORD_RELEASE-} ]]; then
  need_cluster --own --conf FirstJobId=700000 --release "$SARRAY_RECORD_RELEASE" --bind "$TEST_DIR" --bind "${SARRAY%/*}"
else
  need_cluster --own --accounting --conf FirstJobId=700000 # ids that no other number looks like
fi
cd "$TEST_DIR"
export SARRAY_STATE_DIR=$TEST_DIR/state HOME=$TEST_DIR
unset SARRAY_SESSION
mkdir bin && cp "$SARRAY" bin/sarray && PATH=$TEST_DIR/bin:$PATH

mkdir -p scripts/'a folder'
cd scripts
cat >ask.sh <<'END_OF_SCRIPT'
#!/bin/bash
# Ids, times and the loads of the machine differ between two runs; so do the widths of columns that hold ids.
normal() {
  local task=RAW
  [[ $raw == "$SLURM_JOB_ID" ]] || task=ARRAY
  sed -E "s/$SLURM_JOB_ID/$task/g; s/${SLURM_ARRAY_JOB_ID:-none}/ARRAY/g; s/20[0-9-]{8}T[0-9:]{8}/TIME/g; s/^[A-Z][a-z]{2} [A-Z][a-z]{2} .*/DATE/
    s/(RunTime|TimeLimit|EndTime|AccrueTime|SLUID|Priority|AllocNode:Sid|LastSchedEval|Scheduler|NodeList|BatchHost|Nodes|CPU_IDs|Requeue|Power)=[^ ]*/\1=/g; s/ +/ /g; s/ $//; s/SubmitLine=.*( WorkDir|$)/\1/" |
    grep -v '^$'
}
ask() {
  local answer status=0
  answer=$("$@" 2>&1) || status=$?
  echo "## $* $status" | normal
  normal <<<"$answer"
}
echo "in $PWD"
raw=$SLURM_JOB_ID
pair=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
pair=${pair:-$SLURM_JOB_ID}
# Alone, the last task's id is that of its whole array.
[[ -z ${SLURM_ARRAY_JOB_ID-} || $SLURM_ARRAY_TASK_ID != "$SLURM_ARRAY_TASK_MAX" ]] || raw=$pair
for id in "$raw" "$pair"; do
  ask scontrol show job "$id"
  ask scontrol -o show jobid="$id"
  ask scontrol show -d JobId "$id"
  ask squeue -h -j "$id" -o '%i|%F|%K|%A|%.6j|%20j|%o|%Z|%4Z|%T|%%'
  ask squeue --noheader --jobs="$id" --Format=JobArrayID:30,JobID:.20x,ArrayJobID:20x,ArrayTaskID,Name:3,Name:30x,Command:60,WorkDir:90,State
  ask squeue -hj "$id" -oname=%j
done
ask scontrol -o show job "$pair"
ask squeue -j "$pair" -o '%j %.20o %i %T'
ask squeue -j "$pair" -O 'Name,Command:.25,State:10'
SQUEUE_FORMAT='%j;%Z' ask squeue -j "$pair"
ask scontrol write batch_script "$pair" -
ask scontrol write batch_script "$SLURM_JOB_ID" "$TMPDIR/copy.$SLURM_JOB_ID"
cmp -s "$TMPDIR/copy.$SLURM_JOB_ID" "$0" && echo 'its own bytes'
ask scontrol write batch_script "$SLURM_JOB_ID" /no/such/folder/file
command=$(scontrol show job "$raw" | awk -F= '/Command=/{print $2}')
[[ $command == '(null)' ]] || source "$(dirname "${command%% *}")/lib.sh"
if [[ $1 == accounting ]]; then
  # slurmdbd hears of a job some time after it has begun.
  until [[ $(sacct -n -X -P -j "$SLURM_JOB_ID" -o WorkDir) == /* ]]; do sleep 0.3; done
  ask sacct -j "$pair" -X -n -P -o JobID,JobIDRaw,JobName,WorkDir,State
  ask sacct -P -j "$raw" --format=JobName,JobID,State
  ask sacct -j "$pair" -X --format=JobID%30,JobName%-12,JobName%4,State
  ask sacct -X -p --noheader -j "$raw" --delimiter=';'
  ask sacct -j "$raw" -X -n -o State,JobName%30
  SACCT_FORMAT=JobName,State ask sacct -X -nj "$pair"
fi
if [[ -n ${SLURM_ARRAY_JOB_ID-} && $SLURM_ARRAY_TASK_ID == "$SLURM_ARRAY_TASK_MAX" ]]; then # all the tasks of its own job
  until [[ $(squeue -h -r -t R,PD -j "$SLURM_ARRAY_JOB_ID" | wc -l) == 1 ]]; do sleep 0.2; done
  ask scontrol -o show job "$SLURM_ARRAY_JOB_ID" | sed -E 's/.*(ArrayTaskId=.*) UserId.*(Command=.*)/\1 \2/' | sort
  ask squeue -h -t all -r -j "$SLURM_ARRAY_JOB_ID" -o '%i %j %K %o' | sort
fi
END_OF_SCRIPT
# A framework that asks, in a script that says nothing of it: called as submitit calls its tasks.
mkdir -p submitit/core && touch submitit/__init__.py submitit/core/__init__.py
cat >submitit/core/_submit.py <<'END'
import os, subprocess
raw = os.environ["SLURM_JOB_ID"]
for line in subprocess.check_output(["scontrol", "show", "job", raw], text=True).split("\n"):
    if line.split("=")[0].strip() in ("JobId", "Command", "WorkDir", "StdOut"):
        print(line.replace(raw, "RAW"))
END
printf '#!/bin/bash\nexec python3 -u -m submitit.core._submit "$PWD"\n' >framework.sh
echo 'echo "its library"' >lib.sh
cp lib.sh 'a folder'
kind=accounting
[[ -z ${SARRAY_RECORD_RELEASE-} ]] || kind=none
cat >driver.sh <<END_OF_DRIVER
sbatch -J ja -o where_%x.txt ask.sh $kind 'b c'
sbatch -J 'a longer name' -D 'a folder' -o o2.txt -e e2.txt "\$PWD/ask.sh" $kind
sbatch -a 3-5 -o 'array_%a.txt' -J many ask.sh $kind
sbatch -a 2,9 -o 'pair_%a.txt' -D 'a folder' "\$PWD/ask.sh" $kind "quote'd" '\$x'
sbatch -o 'wrap.txt' --wrap 'bash ./ask.sh $kind # scontrol squeue sacct'
sbatch -o 'input.txt' -J byinput <ask.sh
sbatch -o framework.txt -J framework framework.sh
END_OF_DRIVER
cd ..
cp -r scripts run
export TMPDIR=$TEST_DIR/temporary
mkdir -m 1777 temporary
settled() { [[ -z $(squeue -h -u root -n ja,many,wrap,byinput,framework,ask.sh,'a longer name',sarray 2>/dev/null) ]]; }

(cd run && bash driver.sh) >/dev/null
wait_until 'the calls alone end' settled
mv run alone && cp -r scripts run
(cd run && printf '. ./driver.sh\nsarray submit >submitted 2>&1\n' | sarray listen >/dev/null && cat submitted)
assert_contains "$(cat run/submitted)" 'scontrol, squeue, sacct: a translator is first' 'the note'
wait_until 'the calls merged end' settled
mv run merged

for run in alone merged; do
  for file in "$run"/*.txt "$run"/'a folder'/*.txt; do sed "s#^#${file#*/}: #" "$file"; done >"seen.$run"
done
[[ $(wc -l <seen.alone) -gt 300 ]] || fail "the calls alone say little: $(tail -n 20 seen.alone)"
diff seen.alone seen.merged || fail 'alone and merged differ'
assert_contains "$(cat seen.merged)" 'where_ja.txt: its library' 'it finds what is beside its script'
assert_contains "$(cat seen.merged)" 'where_ja.txt: its own bytes' 'batch_script'
assert_contains "$(cat seen.merged)" 'framework.txt: JobId=RAW JobName=framework' 'a framework'
echo "$(wc -l <seen.merged) lines of answers, the same alone and merged"
