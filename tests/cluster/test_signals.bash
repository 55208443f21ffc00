#!/usr/bin/env bash
# What Slurm does to a running task, and what a task does to itself: signals, limits, requeue, steps. Each call is made alone and
# merged, the same is done to both, and output, State and ExitCode are compared.
# run: 90
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster --nodes 2 --cpus 32 --conf FirstJobId=500000 # ids that nothing else looks like
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
unset SARRAY_SESSION
mkdir "$HOME" alone merged

# --- the scripts -----------------------------------------------------------------------------------
script() { cat >"alone/$1.sh" && cp "alone/$1.sh" merged/; } # NAME
wait_loop='echo ready; for ((i = 0; i < 1500; i++)); do sleep 0.1; done; echo "not reached"'
script cancel <<END
#!/bin/bash
$wait_loop
END
script cancel_trap <<END
#!/bin/bash
trap 'echo term; exit 5' TERM
trap 'echo "bye \$?"' EXIT
$wait_loop
END
script cancel_deaf <<END
#!/bin/bash
trap '' TERM
trap 'echo bye' EXIT
$wait_loop
END
script cancel_sh <<END
#!/bin/sh
trap 'echo term; exit 6' TERM
echo ready
while :; do sleep 0.1; done
END
script usr1_trap <<END
#!/bin/bash
trap 'echo usr1; exit 0' USR1
trap 'echo bye' EXIT
$wait_loop
END
sed /trap.*USR1/d alone/usr1_trap.sh | script usr1
script usr1_child <<'END'
#!/bin/bash
trap 'echo usr1' USR1
bash -c 'trap "echo child usr1; exit 3" USR1; echo ready; for ((i = 0; i < 1500; i++)); do sleep 0.1; done'
echo "child $?"
END
script usr1_steps_only <<'END'
#!/bin/bash
trap 'echo usr1' USR1
echo ready
until [[ -e go_on ]]; do sleep 0.1; done
echo end
END
script again <<'END'
#!/bin/bash
echo "run ${SLURM_RESTART_COUNT-none} <$*> $PWD $(umask) $FOO ${SLURM_ARRAY_TASK_ID-plain} ${SLURM_ARRAY_TASK_COUNT-} $SLURM_JOB_NAME" | sed 's:/alone:/WORK:; s:/merged:/WORK:'
if [[ -z ${SLURM_RESTART_COUNT-} ]]; then echo ready; sleep 150; fi
END
script steps <<'END'
#!/bin/bash
srun -o 'step_%a_%A_%j_%x_%t.txt' bash -c 'echo "$SLURM_PROCID of $SLURM_NTASKS"; for i in $(seq 3); do echo $i; done; exec env' >/dev/null
srun bash -c 'echo "step $SLURM_STEP_ID of ${SLURM_ARRAY_TASK_ID-plain} in $SLURM_JOB_NAME, $# $PWD $(umask)"; exit 4' x y | sed 's:/alone:/WORK:; s:/merged:/WORK:'
exit "${PIPESTATUS[0]}"
END

# --- the calls: each leaves its answer in ids/NAME --------------------------------------------------
cat >calls.sh <<'END'
export FOO='a  b'
call() { local name=$1; shift; sbatch --parsable "$@" >"ids/$name"; }
call cancel -o cancel.out cancel.sh
call cancel_array --array=3,5 -o cancel_array_%a.out cancel_trap.sh
call cancel_trap -o cancel_trap.out -e cancel_trap.err cancel_trap.sh
call cancel_deaf -o cancel_deaf.out cancel_deaf.sh
call cancel_sh -o cancel_sh.out cancel_sh.sh
call cancel_late -o logs-%j.out cancel.sh
call kill -o kill.out cancel_trap.sh
call batch_usr1 -o batch_usr1.out usr1_trap.sh
call batch_usr1_dies -o batch_usr1_dies.out usr1.sh
call full_usr1 -o full_usr1.out usr1_child.sh
call steps_usr1 -o steps_usr1.out usr1_steps_only.sh
(umask 027; call again -o again.out again.sh x 'y z')
call again_append -o again_append.out --open-mode=append again.sh
call again_late -o again-%j.out again.sh
call again_late_append -o again_append-%j.out --open-mode=append again.sh
call again_array --array=4-5 -J named -o %x_%a.out again.sh
call steps -o steps.out steps.sh
call steps_array --array=7 -o steps_%a.out steps.sh
call limit --time=1 -o limit.out cancel_trap.sh
call limit_signal --time=1 --signal=B:USR1@55 -o limit_signal.out usr1_trap.sh
call last -o last.out cancel.sh
END
echo 'old text' | tee {alone,merged}/again{,_append}.out >/dev/null
mkdir {alone,merged}/ids
declare -A address raw
for name in $(sed -n 's/^[^#]*\bcall \([a-z_0-9]*\) .*/\1/p' calls.sh); do names+=("$name"); done
(cd alone && bash ../calls.sh)
(cd merged && { cat ../calls.sh && echo 'sarray submit --split --json >../json 2>../notes'; } | sarray listen >../listen.out 2>&1) || fail "$(cat listen.out notes)"
for name in "${names[@]}"; do
  address[alone.$name]=$(cat "alone/ids/$name")
done
while read -r id pair; do
  for name in "${names[@]}"; do
    if [[ $(cat "merged/ids/$name") == "$id" ]]; then address[merged.$name]=$pair; fi
  done
done < <(python3 -c '
import json
for array in json.load(open("json"))["arrays"]:
    for job in array["jobs"]:
        last = job["first_index"] + job["tasks"] - 1
        print(job["id"], str(array["job_id"]) + "_" + (str(last) if job["tasks"] == 1 else "[%d-%d]" % (job["first_index"], last)))')

# --- the same done to both ---------------------------------------------------------------------------
ready() { # FILE
  wait_until "$1: its task runs" grep -qs ready "$1"
}
field() { # ADDRESS FIELD: of each task; scontrol shows no A_[1-2]
  local index
  if [[ $1 == *'['* ]]; then
    local range=${1//[^0-9_-]/}
    range=${range#*_}
    for ((index = ${range%-*}; index <= ${range#*-}; index++)); do job_field "${1%_*}_$index" "$2"; done
  else
    job_field "$1" "$2"
  fi
}
both() { # NAME FILE COMMAND...: the address is added to the command
  local run id
  for run in alone merged; do
    id=${address[$run.$1]}
    raw[$run.$1]=$(field "$id" JobId | tail -n 1)
    ready "$run/${2//RAW/${raw[$run.$1]}}"
    # shellcheck disable=SC2086
    "${@:3}" "$id"
  done
}
both cancel cancel.out scancel
both cancel_array cancel_array_5.out scancel
both cancel_trap cancel_trap.out scancel
both cancel_deaf cancel_deaf.out scancel
both cancel_sh cancel_sh.out scancel
both cancel_late logs-RAW.out scancel
both kill kill.out scancel -s KILL
both batch_usr1 batch_usr1.out scancel -b -s USR1
both batch_usr1_dies batch_usr1_dies.out scancel -b -s USR1
both full_usr1 full_usr1.out scancel -f -s USR1
both steps_usr1 steps_usr1.out scancel -s USR1
touch {alone,merged}/go_on
for name in again again_append; do both $name $name.out scontrol requeue; done
both again_late again-RAW.out scontrol requeue
both again_late_append again_append-RAW.out scontrol requeue
both again_array named_5.out scontrol requeue
both last last.out scancel
# Slurm would wait two minutes with the second run.
is_put_back() { [[ $(squeue -h -r -j "$1" -t PENDING -o '%i %r') == *BeginTime* ]]; }
for run in alone merged; do
  for name in again again_append again_late again_late_append again_array; do
    wait_until "$run: $name is requeued" is_put_back "${address[$run.$name]%%_*}"
  done
done
# In the second in which a requeue has killed a job, slurmd takes its next start for that of a killed one.
requeued=$(date +%s)
wait_until 'the next second' second_after "$requeued"
nobody_waits() { # Slurm sets the time again when the node tells of the end of the first run
  local waiting id
  waiting=$(squeue -h -r -t PENDING -o '%i|%r' | sed -n 's/|BeginTime$//p')
  for id in $waiting; do scontrol update jobid="$id" StartTime=now 2>/dev/null || true; done
  [[ -z $waiting ]]
}
wait_until 'the requeued tasks begin again' nobody_waits
for run in alone merged; do
  for name in "${names[@]}"; do wait_job "${address[$run.$name]%%_*}" 200; done
done

# --- compared ----------------------------------------------------------------------------------------
for run in alone merged; do
  for name in "${names[@]}"; do
    id=${address[$run.$name]}
    field "$id" JobId >"ids.$run"
    paste -d ' ' <(field "$id" JobState) <(field "$id" ExitCode) <(field "$id" Restarts) | sort | sed "s/^/$name: /"
    while read -r number; do printf 's/%s/ID/g\n' "$number"; done <ids.$run >>"sed.$run"
    if [[ $run == alone && $id != *_* ]]; then printf 's/%s/ID/g\n' "$id"; fi >>"sed.$run"
    printf 's/%s/ID/g\n' "$(cat "$run/ids/$name")" >>"sed.$run"
  done >"states.$run"
  mkdir "seen.$run"
  for file in "$run"/*.out "$run"/*.err "$run"/*.txt; do
    seen=seen.$run/$(basename "$file" | sed -f "sed.$run")
    sed -f "sed.$run" "$file" | sed -E 's/AT 20[0-9T:-]+/AT TIME/; s#/\S*/job(ID|[0-9]+)/slurm_script#SCRIPT#; s/slurmstepd-n[0-9]/slurmstepd-NODE/; s/ON n[0-9] /ON NODE /;
      s/(line [0-9]+: +)[0-9]+ /\1PID /; s/srun: error: n[0-9]:/srun: error: NODE:/; /^(Terminated|Killed|User defined signal 1)$/d; /line [0-9]+: +PID (Terminated|Killed|User defined signal 1) /d
      /error: _handle_signal_container: failed signal/d
      /^srun: (Job ID step creation temporarily disabled, retrying|Step created for job)/d' | # what a dying shell says or not, and srun while the step before is not quite gone
      if [[ $file == *.txt ]]; then
        # srun itself adds a merged array's SLURM_ARRAY_TASK_COUNT and its kind if a plain job has none (docs/fidelity.md).
        if [[ $file == */step_4294967294_* ]]; then sed -E '/^SLURM_ARRAY_TASK_(COUNT|MAX|MIN|STEP)=/d'; else cat; fi |
          grep -vE '^(SARRAY_[A-Z_]*|SHLVL|SLURM_(TASK_PID|LAUNCH_NODE_IPADDR|SRUN_COMM_PORT|STEP_LAUNCHER_PORT|STEPID|[A-Z_]*NODELIST|TOPOLOGY_ADDR|STEP_RESV_PORTS)|SLURMD_NODENAME|HOSTNAME|_|PWD|OLDPWD|SLURM_SUBMIT_DIR|SLURM_SRUN_COMM_HOST)=' | sort
      else
        cat
      fi >>"$seen"
  done
done
diff states.alone states.merged || fail 'State and ExitCode differ'
diff -r seen.alone seen.merged || fail 'what the tasks wrote differs'
assert_contains "$(cat seen.merged/cancel.out)" 'error: *** JOB ID ON NODE CANCELLED AT TIME ***' "slurmstepd's last words"
assert_contains "$(cat seen.merged/again_append.out)" 'DUE TO JOB REQUEUE' 'an appended requeue keeps the first run'
assert_contains "$(cat seen.merged/again.out)" "run 1 <x y z> $TEST_DIR/WORK 0027 a  b plain  again.sh" 'the same world after a requeue'
assert_contains "$(cat states.merged)" 'limit: TIMEOUT' 'the time limit'
assert_contains "$(cat seen.merged/limit_signal.out)" usr1 '--signal=B:'
echo "$(wc -l <states.merged) tasks cancelled, signalled, requeued, stepped: the same alone and merged"
