#!/usr/bin/env bash
# Our questions ignore what the user's environment tells squeue, scancel, sacct and scontrol to leave out or to show otherwise,
# and the task still has these variables.
# run: 60
# shellcheck disable=SC2154 # lib/once.bash sets real
set -euo pipefail
lib=$(dirname "$(readlink -f -- "$0")")/lib
. "$lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
. "$lib/once.bash"
filters=(SQUEUE_PARTITION=other SQUEUE_NAMES=zzz SQUEUE_ACCOUNT=foo SQUEUE_QOS=foo SQUEUE_LICENSES=foo SQUEUE_STATES=F SQUEUE_USERS=nobody
  SQUEUE_FORMAT=%i SQUEUE_FORMAT2=JobID SACCT_FORMAT=JobID SLURM_TIME_FORMAT=relative SLURM_BITSTR_LEN=8)

# --- a submission is not doubled: killed after Slurm took it, then looked for
for filter in "${filters[@]}"; do
  rm -f ran
  fake "$real"' "$@" >/dev/null; kill -9 $PPID'
  name=$(new_session)
  (env "$filter" sarray submit --session "$name" >/dev/null 2>&1) || true
  fake 'echo must not be called >>called; exit 1'
  words='still running'
  while [[ $words == *'still running'* ]]; do words=$(env "$filter" sarray submit --session "$name" 2>&1 || true); done
  assert_contains "$words" 'which was interrupted, is in Slurm as job ' "an interrupted submission, with $filter"
  [[ ! -e called ]] || fail "with $filter sbatch was called again"
  wait_job "$(sed -n 's/.*is in Slurm as job \([0-9]*\).*/\1/p' <<<"$words")"
  assert_eq 2 "$(wc -l <ran)" "each task ran once, with $filter"
done
fake "exec $real "'"$@"'

# --- what is said to be cancelled is
printf 'sbatch -J a job.slurm\nsbatch -J b job.slurm\n' >q
for filter in SCANCEL_PARTITION=other SCANCEL_NAME=zzz SCANCEL_STATE=RUNNING SCANCEL_QOS=foo SCANCEL_ACCOUNT=foo SCANCEL_USER=nobody SCANCEL_WCKEY=foo \
  SCANCEL_INTERACTIVE=1 SCANCEL_BATCH=1; do
  id=$(sarray submit --hold --parsable q 2>/dev/null)
  assert_eq "sarray: cancelled 2 tasks: ${id}_[0,1]" "$(env "$filter" sarray cancel "$id" 2>&1 </dev/null)" "cancel, with $filter"
  assert_eq '' "$(squeue -h -j "$id" -t PENDING,RUNNING)" "cancelled, with $filter"
done

# --- what waits is shown as such, and nobody takes its files away
id=$(sarray submit --hold --parsable q 2>/dev/null)
want=$(sarray status "$id" --tasks)
assert_contains "$want" 'pending' 'the state without filters'
for filter in "${filters[@]}"; do
  assert_eq "$want" "$(env "$filter" sarray status "$id" --tasks)" "status, with $filter"
  assert_contains "$(env "$filter" sarray retry "$id" --state unknown -n 2>&1 || true)" 'no tasks to run again' "retry, with $filter"
done
find state/submissions -exec touch -h -d '2020-01-02 03:04' {} +
records=(state/submissions/*/record.json)
for filter in "${filters[@]}"; do
  env "$filter" sarray sessions --prune -n >pruned
  assert_eq 0 "$(grep -c "submission $id " pruned || true)" "prune, with $filter"
done
[[ -s ${records[0]} ]] || fail 'there are submissions'
scancel "$id"

# --- times are read whatever the user likes to see
id=$(sarray submit --parsable q 2>/dev/null)
wait_job "$id"
want=$(sarray which "${id}_0")
assert_contains "$want" 'started' 'which'
assert_eq "$want" "$(SLURM_TIME_FORMAT=relative sarray which "${id}_0")" 'which, with SLURM_TIME_FORMAT'
assert_eq "$(sarray status "$id")" "$(SLURM_TIME_FORMAT=relative sarray status "$id")" 'status, with SLURM_TIME_FORMAT'

# --- the task has them
printf '#!/bin/bash\necho "$SQUEUE_FORMAT $SCANCEL_NAME $SLURM_TIME_FORMAT"\n' >show.slurm
echo 'sbatch -o show.out show.slurm' >q
id=$(SQUEUE_FORMAT=%i SCANCEL_NAME=zzz SLURM_TIME_FORMAT=relative sarray submit --parsable q 2>/dev/null)
wait_job "$id"
assert_eq '%i zzz relative' "$(<show.out)" 'the environment of the task'
echo 'no filter of the user reaches our questions'
