#!/usr/bin/env bash
# The names of output files: what the task's own variables say, as scripts and drivers look for them.
# run: 25
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION SARRAY_NAMES
mkdir res logs other

submit() { # QUEUE_FILE [OPTION...]: sets id, leaves the table in `table`
  id=$(sarray submit "$@" --parsable 2>table) || fail "submit: $(cat table)"
}
field() { sarray which "$1" | sed -n "s/^$2  *//p"; } # TASK FIELD
in_squeue() { squeue -h -r -t all -j "$id" -o %i | sort -t_ -k2n | paste -sd ' '; }

# --- scripts that move, copy and read their own logs, as people write them
cat >plain.sh <<'END'
#!/bin/bash
#SBATCH -J plain
echo "plain $1"
mv "slurm-${SLURM_JOB_ID}.out" "res/$1.out"
END
cat >array.sh <<'END'
#!/bin/bash
#SBATCH -J aa --array=5-6 -o logs/%x_%A_%a.out -e logs/%x_%A_%a.err
echo "array $SLURM_ARRAY_TASK_ID"
cp "logs/${SLURM_JOB_NAME}_${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}.out" res/
echo oops >&2
[[ $(cat "logs/${SLURM_JOB_NAME}_${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}.err") != oops ]] || touch "res/own-error-$SLURM_ARRAY_TASK_ID"
END
cat >default.sh <<'END'
#!/bin/bash
if [[ -n ${SLURM_ARRAY_TASK_ID-} ]]; then cp "slurm-${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID.out" res/; fi
echo "default ${SLURM_ARRAY_TASK_ID-none}"
END
cat >queue <<'END'
sbatch plain.sh a
sbatch plain.sh b
sbatch array.sh
sbatch -a 1,4 default.sh
sbatch -o 'other/%A.%j.txt' default.sh
sbatch -D other $PWD/default.sh
END
submit queue
wait_job "$id"
assert_eq 'plain a plain b' "$(cat res/a.out res/b.out | paste -sd ' ')" 'a plain job finds its log under its own id'
assert_eq 'array 5 array 6' "$(cat res/aa_2000000003_5.out res/aa_2000000003_6.out | paste -sd ' ')" "an array's log has the id that its sbatch answered"
[[ -e res/own-error-5 && -e res/own-error-6 ]] || fail 'nor is the error file of another name'
[[ -e res/slurm-2000000004_1.out && -e res/slurm-2000000004_4.out ]] || fail "the default name: $(ls res)"
own=$(json=$(sarray which 2000000005 --json) && python3 -c 'import json,sys; print(json.loads(sys.argv[1])["tasks"][0]["job_id"])' "$json")
assert_eq 'default none' "$(cat "other/$own.$own.txt")" "a plain job's %A is its %j"
assert_eq 'default none' "$(cat other/slurm-*.out)" 'the default in a folder of its own'
assert_eq '' "$(find . -name '.sarray-*')" 'no hidden name stays'

# --- the table, which, status and logs say them
assert_eq 'slurm-%j.out logs/%x_2000000003_%a.out slurm-2000000004_%a.out other/%A.%j.txt' \
  "$(awk '$1 == 1 || $1 >= 3 && $1 <= 5 { print $NF }' table | paste -sd ' ')" 'the table of submit'
assert_eq "$PWD/logs/aa_2000000003_6.out" "$(field 2000000003_6 output)" 'which'
assert_eq "$PWD/slurm-2000000004_4.out" "$(field 2000000004_4 output)" 'which: the default'
assert_eq "other/$own.$own.txt" "$(sarray status "$id" --tasks | awk '$2 == 5 { print $NF }')" 'status --tasks'
assert_eq "array 6" "$(sarray logs 2000000003_6 2>/dev/null | grep -v -e '==>' -e oops -e '^$')" 'logs'

# --- a framework that makes the folder named after the id that sbatch answered, and looks there
cat >framework.sh <<'END'
mkdir -p "runs/$(sbatch --parsable -J fw --array=0-1 -o 'runs/%A/%a.out' --wrap 'echo ran')"
END
sarray listen >/dev/null 2>&1 <<<'bash framework.sh; sarray submit --parsable >id'
wait_job "$(cat id)"
assert_eq 'ran ran' "$(cat runs/*/0.out runs/*/1.out | paste -sd ' ')" 'a folder that the driver made by the answered id'

# --- --names=slurm, and SARRAY_NAMES for always: what squeue shows
printf '%s\n' 'sbatch -a 5-6 -o %A_%a.pair default.sh' 'sbatch --wrap true' >pairs
sed -i 's/^if.*//' default.sh
submit pairs --names=slurm
wait_job "$id"
[[ -e ${id}_0.pair && -e ${id}_1.pair && -e slurm-${id}_2.out ]] || fail "--names=slurm: $(ls)"
assert_eq "$PWD/${id}_1.pair" "$(field "${id}_1" output)" 'which knows by which rule'
SARRAY_NAMES=slurm submit pairs
wait_job "$id"
[[ -e ${id}_0.pair && -e slurm-${id}_2.out ]] || fail "SARRAY_NAMES=slurm: $(ls)"
SARRAY_NAMES=slurm submit pairs --names=task
wait_job "$id"
[[ ! -e ${id}_0.pair ]] || fail 'the option wins'
assert_contains "$(SARRAY_NAMES=mine sarray submit pairs 2>&1 || true)" 'sarray: error: SARRAY_NAMES=mine: it is task or slurm' 'a word that is neither'
echo "names by the task's own variables, in the default and in patterns; --names=slurm"
