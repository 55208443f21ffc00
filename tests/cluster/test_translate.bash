#!/usr/bin/env bash
# What a task says to Slurm about itself reaches itself, and nobody else.
# run: 12 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
translator=$TEST_DIR/translator
need_cluster --nodes 2
cat "$(dirname "$0")"/../../share/translate/*.bash >"$translator"
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
mkdir "$HOME" first second
unset SARRAY_SESSION

# --- every word, without Slurm: task 4 of array 500, the second of job 2000000007, whose ids are 0-4,7-11:2 at 3-10 -------------
for name in scancel scontrol squeue sacct sbatch; do
  cp "$translator" "first/$name"
  # shellcheck disable=SC2016
  printf '#!/bin/bash\nprintf "<%%s>" "${0##*/}" "$@" "${SARRAY_SELF-}"\ncase :$PATH: in *:%s:*) echo leaked ;; esac\n' "$TEST_DIR/first" >"second/$name"
done
chmod 755 first/* second/*
says() { # WANT WORD...
  local words
  words=$(SARRAY_SELF=${own-500 2000000007 3 0-4,7-11:2} SARRAY_ARRAY_JOB_ID=500 SARRAY_ARRAY_TASK_ID=4 SLURM_JOB_ID=${job-500} \
    PATH=$TEST_DIR/first:$TEST_DIR/second:/usr/bin:/bin "${@:2}" 2>&1 </dev/null) || [[ $1 == 'sarray: error:'* ]] || fail "${*:2}: $words"
  if [[ $1 == 'sarray: error:'* ]]; then assert_contains "$words" "$1" "${*:2}"; else assert_eq "$1<>" "$words" "${*:2}"; fi
}
says '<scancel><500_4>' scancel 500
says '<scancel><500_4.0><500_4.batch>' scancel 500.0 500.batch
says '<scancel><500_4>' scancel 500_4
says '<scancel><499><501_2><-s><9><500_4>' scancel 499 501_2 -s 9 500
says '<scancel><500_8>' scancel 2000000007_7
says '<scancel><500_8>' scancel 2000000007_07
says '<scancel><500_[3-10]>' scancel 2000000007
says '<scancel><500_[3-10]>' scancel '2000000007_*'
says '<scancel><500_[4,8,9,10]>' scancel '2000000007_[1,7-11:2]'
says '<scancel><-u><ada><--name=500>' scancel -u ada --name=500
says 'sarray: error: scancel: 2000000007 has no task 5' scancel 2000000007_5
says 'sarray: error: scancel: 2000000007 has no task 8' scancel '2000000007_[7-9]'
says 'sarray: error: scancel: 2000000008 is sarray' scancel 2000000008
says "sarray: error: scancel: 500_3 may be another job's task; its own is 500_4" scancel 500_3
says "sarray: error: scancel: 500_44 may be another job's task" scancel 500_44
says '<scontrol><requeue><500_4>' scontrol requeue 500
says '<scontrol><hold><500_[3-10]>' scontrol hold 2000000007
says '<scontrol><update><JOBID=500_4><Comment=500>' scontrol update JOBID=2000000007_1 Comment=500
says '<scontrol><update><jobname=500><job=500_4>' scontrol update jobname=500 job=500
says '<scontrol><listpids><500>' scontrol listpids 500
says 'sarray: error: scontrol: ArrayTaskThrottle=3 would throttle the whole merged array' scontrol update JobId=500 ArrayTaskThrottle=3
says 'sarray: error: scontrol: give its command as words' scontrol
says '<squeue><-h><-j><500_3,500_4,500_5,500_6,500_7,500_8,500_9,500_10><-o><%i>' squeue -h -j 2000000007 -o %i
says '<squeue><-j500_4,77>' squeue -j500,77
says '<sacct><--jobs=500_5>' sacct --jobs=2000000007_2
says '<sbatch><-d><afterok:500_4><x.sh><500>' sbatch -d afterok:500 x.sh 500
says '<sbatch><--dependency=afterany:500_[3-10]?afterok:4><x>' sbatch --dependency='afterany:2000000007?afterok:4' x
says 'sarray: error: sbatch: aftercorr' sbatch -d aftercorr:2000000007 x
job=600 says '<scancel><500>' scancel 500
own='500 2000000007 4 -' says '<scancel><500_4>' scancel 2000000007
own='500 2000000007 4 -' says 'sarray: error: scancel: 2000000007 is a plain job' scancel 2000000007_1
own='' says '<scancel><500>' scancel 500

# --- on a real Slurm -----------------------------------------------------------------------------
mkdir ran
cat >calls <<'END'
sbatch --array=0-1 -o /dev/null --wrap 'until [ -e done ]; do sleep 0.1; done; touch ran/bystander$SLURM_ARRAY_TASK_ID'
sbatch --array=3-5 -o pair.%a --wrap 'touch ran/pair$SLURM_ARRAY_TASK_ID; [ $SLURM_ARRAY_TASK_ID = 4 ] && { scancel ${SLURM_ARRAY_JOB_ID}_4; sleep 30; }; until [ -e done ]; do sleep 0.1; done'
sbatch --array=7-8 -o whole.%a --wrap 'touch ran/whole$SLURM_ARRAY_TASK_ID; until [ -e ran/whole7 ] && [ -e ran/whole8 ]; do sleep 0.1; done; [ $SLURM_ARRAY_TASK_ID = 7 ] && scancel $SLURM_ARRAY_JOB_ID; sleep 30'
sbatch -o again.out --wrap 'echo "run $SLURM_RESTART_COUNT" >>ran/again; [ -n "$SLURM_RESTART_COUNT" ] || { scontrol requeue $SLURM_JOB_ID; sleep 30; }'
sbatch -o python.out python.sh
sbatch -o last.out --wrap 'command -v scancel; until [ -e ran/whole8 ] && [ -e ran/pair5 ] && [ -e ran/again ]; do sleep 0.1; done; touch ran/last; scancel $SLURM_JOB_ID; sleep 30'
END
cat >python.sh <<'END'
#!/usr/bin/env python3
import os, subprocess
subprocess.call(["scontrol", "update", "jobid=" + os.environ["SLURM_JOB_ID"], "Comment=python's own"])
END
dry=$(sarray submit -n calls 2>&1)
assert_contains "$dry" $'\nSARRAY_TRANSLATE=' 'the dry run names the translator'
assert_contains "$dry" 'sarray: note: jobs 2,3,6: scancel: a translator is first' 'a note'
id=$(sarray submit --parsable calls 2>notes)
assert_contains "$(cat notes)" 'sarray: note: jobs 4,5: scontrol: a' 'the notes of submit'
state() { job_field "${id}_$1" JobState; }
is_requeued() { [[ $(squeue -h -r -j "${id}" -t PENDING -o '%K %r') == '7 BeginTime' ]]; }
wait_until 'the last task is cancelled' test -e ran/last
wait_until 'the task is requeued' is_requeued
# In the second in which a requeue has killed a job, slurmd takes its next start for that of a killed one.
requeued=$(date +%s)
wait_until 'the next second but one' second_after "$((requeued + 1))"
runs_again() { # Slurm sets the time of the next start again when the node tells of the end of the first run
  scontrol update jobid="${id}_7" StartTime=now 2>/dev/null || true
  [[ $(wc -l <ran/again) == 2 ]]
}
wait_until 'the task runs again' runs_again
touch "done"
wait_job "$id" 90
assert_eq 'COMPLETED COMPLETED' "$(state 0) $(state 1)" 'a bystander is not hit'
assert_eq 'COMPLETED CANCELLED COMPLETED' "$(state 2) $(state 3) $(state 4)" 'the pair of ids is one task'
assert_eq 'CANCELLED CANCELLED' "$(state 5) $(state 6)" "the array's id is the own job's tasks"
assert_eq 'COMPLETED run |run 1' "$(state 7) $(paste -sd '|' ran/again)" 'requeue'
assert_eq "COMPLETED python's own" "$(state 8) $(job_field "${id}_8" Comment)" 'scontrol from Python'
assert_eq "$id CANCELLED" "$(job_field "${id}_9" JobId) $(state 9)" "the last task's id is the array's, and hits it alone"
assert_contains "$(head -n 1 last.out)" "$TEST_DIR/state/submissions/" 'where the translator stands'
assert_eq '' "$(find /tmp /var/tmp -maxdepth 1 -name '.sarray*' -newer calls 2>/dev/null)" 'nothing is left on the node'

# If the translator cannot be run, its task does not start: the next scancel in PATH would hit others.
id=$(sarray submit --parsable -H <(echo "sbatch -o refused.out --wrap 'scancel \$SLURM_JOB_ID'") 2>/dev/null)
chmod 600 state/submissions/*/translate/scancel
scontrol release "$id"
wait_job "$id"
assert_eq '125:0' "$(job_field "${id}_0" ExitCode)" 'refused'
assert_contains "$(cat refused.out)" 'which translates its ids, cannot be run here' 'and said'
echo 'a task reaches itself, and nobody else'
