#!/usr/bin/env bash
# Calls that Slurm would refuse fail at the call, with sbatch's words and status, in `run` and in `listen --check`; what sbatch takes,
# or may take, is recorded. The oracle is the real sbatch: each refusal is compared with its own.
# run: 45
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
need_cluster --own --nodes 2 --cpus 4 --max-array-size 1001 --accounting --conf AccountingStorageEnforce=associations,limits,qos
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
mkdir "$HOME"
sacctmgr -i add qos few set flags=DenyOnLimit maxwall=10 maxsubmitjobsperuser=1 >sacctmgr.log
sacctmgr -i modify user root set qos+=few >>sacctmgr.log
wait_until 'the new QOS is known' bash -c "id=\$(sbatch --parsable -H -q few -t 5 --wrap true 2>/dev/null) && scancel \"\$id\""

# What Slurm is asked is in the log of an sbatch that stands before it.
slurm=$(command -v sbatch)
mkdir bin
printf '#!/bin/sh\necho "$*" >>%q\nexec %q "$@"\n' "$TEST_DIR/asked" "$slurm" >bin/sbatch
chmod +x bin/sbatch
asks() { grep -c -e --test-only "$TEST_DIR/asked" || true; }
recorded() { sarray list --json --session "$(sarray sessions | tail -n 1 | cut -d ' ' -f 1)" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["jobs"]))'; }
printf '#!/bin/bash\necho hello\n' >job.slurm
export PATH=$TEST_DIR/bin:$PATH

# drive COMMAND...: runs bash commands under `sarray run --record-only`; what they print is in out, errors in err.
drive() {
  : >asked
  sarray run --record-only -- bash -c "$1" >out 2>err || fail "sarray run: $(cat out err)"
}

# --- what sbatch refuses, in its words -----------------------------------------------------------------
# refused OPTION...: the call fails as sbatch does alone.
refused() {
  local want=0 words
  words=$("$slurm" "$@" job.slurm 2>&1) && fail "sbatch took: $*: $words"
  "$slurm" "$@" job.slurm >/dev/null 2>&1 || want=$?
  drive "sbatch $(printf '%q ' "$@") job.slurm 2>words; echo \$?"
  assert_eq "$want" "$(cat out)" "status of: $*"
  assert_eq "$words" "$(cat words)" "words of: $*"
}
refused --partition=nosuch
refused --partition=debug,nosuch
refused --mem=900G
refused --mem-per-cpu=900G
refused --tmp=900G
refused --mincpus=99
refused --array=0-2000
refused --array=1001
refused --constraint=nofeature
refused --gres=gpu:1
refused --nodelist=nosuch
refused --reservation=nosuch
refused --licenses=nosuch
refused --account=nosuch
refused --qos=nosuch
refused --qos=few --time=100
SLURM_EXIT_ERROR=77 refused --partition=nosuch
SBATCH_PARTITION=nosuch refused --time=1
refused --clusters=nosuch

# --- what sbatch takes -----------------------------------------------------------------------------------
# taken OPTION...: the call is recorded, as Slurm takes it alone.
taken() {
  local id
  id=$("$slurm" --parsable "$@" job.slurm) || fail "sbatch refused: $*"
  scancel "$id"
  drive "sbatch $(printf '%q ' "$@") job.slurm"
  assert_contains "$(cat out)" 'Submitted batch job 20' "recorded: $*: $(cat err)"
}
taken --nodes=5
taken --ntasks=100
taken --nodes=5 --mem=900G
taken --hold --mem=900G
taken --array=0-1000%3
taken --dependency=afterany:1
taken --comment=-- --job-name='a b'
scontrol update nodename=n1 state=drain reason=test
taken --nodelist=n1
refused --mem=900G
scontrol update nodename=n2 state=drain reason=test
taken --mem=7000
refused --mem=900G
refused --mem=900G --time=5 --nodes=1 --job-name=x --array=0-3
refused --mincpus=99 --mem=900G
taken --ntasks=100 --mem=900G
scontrol update nodename=n1,n2 state=resume
held=$("$slurm" --parsable -H -q few -t 5 job.slurm)
"$slurm" -q few -t 5 job.slurm 2>words && fail 'the QOS has no limit'
drive 'sbatch -q few -t 5 job.slurm && sbatch -q few -t 5 --array=0-9 job.slurm'
assert_eq 2 "$(grep -c Submitted out)" 'a limit on the number of jobs refuses nothing'
scancel "$held"

# --- asked once -------------------------------------------------------------------------------------------
drive 'for i in 1 2 3; do sbatch --time=0:10 -J j$i job.slurm $i; done; sbatch -t 1 --wrap true; sbatch -t 1 <job.slurm'
assert_eq 5 "$(grep -c Submitted out)" 'all are recorded'
assert_eq 1 "$(asks)" "one set of options is asked once: $(cat asked)"
drive 'for last in 3 2 9 5; do sbatch --array=0-$last job.slurm; done; sbatch job.slurm'
assert_eq 2 "$(asks)" "only a larger array index is asked again: $(cat asked)"
drive 'seq 24 | xargs -P 12 -n 1 sbatch job.slurm'
assert_eq 24 "$(grep -c Submitted out)" 'calls side by side are all recorded'
assert_eq 1 "$(asks)" "calls side by side are asked once: $(cat asked)"
assert_eq '' "$(cat err | grep -v '^sarray: session\|^hint: sarray submit' || true)" 'nothing is said of it'
drive 'first=$(sbatch --parsable job.slurm); sbatch -d afterok:$first job.slurm; sbatch -d afterok:$first -p nosuch job.slurm || echo refused'
assert_contains "$(cat out)" refused 'a call that waits for a recorded one is checked, too'
assert_eq 1 "$(recorded | sed 's/2/1/')" 'what was refused is not recorded'

# --- a driver with a second choice takes it -----------------------------------------------------------------
: >asked
sarray run -- bash -c 'for i in 1 2; do sbatch -p gpu job.slurm $i 2>/dev/null || sbatch -p other job.slurm $i; done' >out 2>err ||
  fail "the fallback: $(cat out err)"
id=$(sed -n 's/^Submitted batch job \([0-9]*\)$/\1/p' err)
assert_eq other "$(job_field "$id" Partition | sort -u)" "the driver's second choice"
wait_job "$id"
sarray real sbatch --version >/dev/null
sarray run --no-check --record-only -- sbatch -p nosuch job.slurm >out 2>err || fail "--no-check: $(cat out err)"
assert_contains "$(cat out)" 'Submitted batch job 20' '--no-check asks nothing'
SARRAY_CHECK=off sarray run --record-only sbatch -p nosuch job.slurm >out 2>err || fail "SARRAY_CHECK=off: $(cat out err)"
status=0
SARRAY_CHECK=maybe sarray run true 2>err || status=$?
assert_eq 2 "$status" 'a wrong value is a usage error'
assert_contains "$(cat err)" 'SARRAY_CHECK=maybe: it is on or off' 'and says so'

# --- in a shell -----------------------------------------------------------------------------------------------
sarray listen --check >out 2>err <<'S' || fail "listen --check: $(cat out err)"
sbatch -p nosuch job.slurm; echo "status $?"
sbatch job.slurm
S
assert_contains "$(cat out)" $'status 1\nSubmitted batch job 20' 'listen --check'
assert_contains "$(cat err)" 'Batch job submission failed: Invalid partition name specified' "sbatch's words"
SARRAY_CHECK=on sarray listen >out 2>err <<<'sbatch -p nosuch job.slurm || echo refused' || fail "SARRAY_CHECK=on: $(cat out err)"
assert_eq refused "$(cat out)" 'SARRAY_CHECK=on'
sarray listen >out 2>err <<<'sbatch -p nosuch job.slurm' || fail "listen: $(cat out err)"
assert_contains "$(cat out)" 'Submitted batch job 20' 'listen asks nothing'

# --- an sbatch of the site's that drops --test-only ----------------------------------------------------------
mkdir wrapper
printf '#!/bin/bash\nargs=()\nfor arg; do [[ $arg == --test-only ]] || args+=("$arg"); done\nexec %q "${args[@]}"\n' "$slurm" >wrapper/sbatch
chmod +x wrapper/sbatch
PATH=$TEST_DIR/wrapper:$PATH sarray run --record-only -- bash -c 'sbatch -J dropped -H job.slurm; sbatch -J dropped -H -t 1 job.slurm' >out 2>err ||
  fail "a wrapper: $(cat out err)"
assert_eq 2 "$(grep -c 'Submitted batch job 20' out)" 'both calls are recorded'
assert_eq 1 "$(grep -c 'that job was cancelled' err)" "it is said, once: $(cat err)"
assert_eq '' "$(squeue -h -n dropped -o %i)" 'nothing of it is left in Slurm'

# --- no answer ------------------------------------------------------------------------------------------------
controller=$(cat "${SLURM_CONF%/etc/*}/run/slurmctld.pid")
kill -STOP "$controller"
at_exit kill -CONT "$controller"
drive 'for i in 1 2 3 4; do sbatch -p nosuch$i job.slurm; done'
assert_eq 4 "$(grep -c Submitted out)" 'without an answer calls are recorded'
assert_eq 1 "$(asks)" 'one question without an answer is enough'
assert_eq 1 "$(grep -c 'recorded unchecked' err)" "it is said once: $(cat err)"
kill -CONT "$controller"
echo PASS
