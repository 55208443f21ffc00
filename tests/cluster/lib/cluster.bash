# shellcheck shell=bash
# For tests against a real Slurm. A test is a bash program, run as root:
#
#   set -euo pipefail
#   # run: 20 quick                    # seconds and marks: tests/list.bash
#   . "$(dirname "$0")/lib/cluster.bash"
#   need_cluster                       # or: need_cluster --accounting, need_cluster --own --nodes 3
#   cd "$TEST_DIR"                     # fresh, mode 755, removed at the end
#   id=$(sbatch --parsable --wrap true)
#   wait_job "$id"
#   assert_eq COMPLETED "$(job_field "$id" JobState)" 'state of a plain job'
#
# Sourcing sets TEST_DIR and an EXIT trap (the test must not set its own; it adds to it with `at_exit COMMAND...`).
# A cluster is shared if possible (lib/shared.bash): it has jobs of other tests, which come and go, so look at your own job ids only.
# SARRAY_TEST_CLUSTER_DIR: folder of a running cluster, for a test that is run by hand; it stays up.
# SARRAY_EVIDENCE_DIR: the folder in which a failing test leaves logs and its TEST_DIR.

cluster_lib=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")")
cluster_tool=$(readlink -f -- "$cluster_lib/../../../tools/cluster")
. "$cluster_lib/shared.bash"
# Until there is a cluster no Slurm is reached, although the machine may have one. (tests/run sets a file that tells on who reads it.)
for name in $(compgen -e | grep -E '^(SLURM|SBATCH|SALLOC|SQUEUE|SACCT|SCANCEL|SINFO)_' || true); do
  [[ $name == SLURM_CONF ]] || unset "$name"
done
[[ -n ${SARRAY_TEST_CLUSTERS-} ]] || export SLURM_CONF=/nonexistent/slurm.conf
# For a submission that was interrupted: so long after it sbatch is taken to have failed. The default is much longer than a test needs.
export SARRAY_SETTLE_SECONDS=${SARRAY_SETTLE_SECONDS:-1}
TEST_NAME=$(basename -- "$0")
TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/sarray-test-XXXXXX")
TEST_DIR=$(readlink -f -- "$TEST_DIR")
chmod 755 "$TEST_DIR"
own_cluster=
exit_commands=()

fail() { # MSG
  printf 'FAIL: %s: %s\n' "$TEST_NAME" "$*" >&2
  # Says which line of the test it was, not which line of this file.
  local i
  for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
    if [[ ${BASH_SOURCE[i]} != "${BASH_SOURCE[0]}" ]]; then
      printf '  at %s:%s\n' "${BASH_SOURCE[i]}" "${BASH_LINENO[i - 1]}" >&2
    fi
  done
  exit 1
}

assert_eq() { # WANT GOT MSG
  [[ $1 == "$2" ]] || fail "${3-assert_eq}"$'\n'"  want: ${1@Q}"$'\n'"  got:  ${2@Q}"
}

assert_contains() { # TEXT PART MSG
  [[ $1 == *"$2"* ]] || fail "${3-assert_contains}"$'\n'"  want: ...${2@Q}..."$'\n'"  got:  ${1@Q}"
}

# wait_until WHAT COMMAND...: until the command succeeds. The limit is for a machine that is busy with everything else, not for what is
# waited for: one that is quick never comes near it. wait_shows=FUNCTION shows what there is instead.
wait_until() {
  local what=$1 end=$((SECONDS + ${SARRAY_TEST_PATIENCE:-60}))
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "never came: $what"$'\n'"$(${wait_shows:-:} 2>&1 | tail -n 60)"
    sleep 0.1
  done
}
file_has() { [[ -e $1 && $(tr -d '\0' <"$1") == *"$2"* ]]; } # FILE TEXT
second_after() { (($(date +%s) > $1)); }                     # SECOND, of the clock: Slurm's times have no finer grain

at_exit() { exit_commands+=("$(printf '%q ' "$@")"); } # COMMAND..., run last to first, before the cluster goes down

# --- the cluster -------------------------------------------------------------------------------------------------

# need_cluster [--own] [ARGUMENTS OF `tools/cluster up`]: afterwards SLURM_CONF (and PATH) lead to a running cluster, to a shared one if
# one has these properties. --own: no other test's jobs are there, and it may be changed.
need_cluster() {
  local cluster_env kind=
  if [[ ${1-} == --own ]]; then
    shift
  else
    kind=$(kind_that_suits "$@")
  fi
  if [[ $kind == plain && -n ${SARRAY_TEST_CLUSTER_DIR-} ]]; then
    SARRAY_CLUSTER_DIR=$SARRAY_TEST_CLUSTER_DIR
  elif [[ -n $kind && -n ${SARRAY_TEST_CLUSTERS-} ]]; then
    SARRAY_CLUSTER_DIR=$(shared_cluster "$kind") || fail "no cluster"
  else
    # shellcheck disable=SC2086,SC2154 # words; shared.bash has them
    if [[ -n $kind ]]; then set -- ${cluster_kinds[$kind]}; fi
    SARRAY_CLUSTER_DIR=$("$cluster_tool" up "$@" 2>"$TEST_DIR/cluster-up.log") ||
      fail "cluster up $*"$'\n'"$(tail -n 60 "$TEST_DIR/cluster-up.log")"
    own_cluster=1
    rm -f "$TEST_DIR/cluster-up.log"
  fi
  cluster_env=$("$cluster_tool" env --dir "$SARRAY_CLUSTER_DIR") || fail "cluster env --dir $SARRAY_CLUSTER_DIR"
  eval "$cluster_env"
  "$cluster_tool" bind --dir "$SARRAY_CLUSTER_DIR" "$TEST_DIR"
}

in_cluster() { "$cluster_tool" exec --dir "$SARRAY_CLUSTER_DIR" -- "$@"; } # COMMAND..., in the chroot of a release

show_job() { # JOBID
  squeue -j "$1" 2>&1 || true
  scontrol show job "$1" 2>&1 | head -n 80 || true
}

# wait_job JOBID [SECONDS]: until nothing of the job (all tasks of an array) is pending, running or completing.
wait_job() {
  local id=$1 limit=${2:-180} end states
  end=$((SECONDS + limit))
  while :; do
    if states=$(squeue -h -j "$id" -o %T 2>&1); then
      [[ -n $states ]] || return 0
    elif [[ $states != *'Invalid job id'* ]]; then
      fail "wait_job $id: squeue: $states"
    else
      # squeue says this of a job that was purged, too; the tests' jobs end no 300 s (MinJobAge) before they are asked for.
      fail "wait_job $id: no such job"
    fi
    if ((SECONDS >= end)); then fail "wait_job $id: not finished after $limit s"$'\n'"$(show_job "$id")"; fi
    sleep 0.1
  done
}

# wait_accounted JOBID [SECONDS]: until sacct knows each task of the finished job, `sacct -B` included (needs --accounting,
# and a controller that has not forgotten the job: it says which tasks there are). The record of a task's start, with its
# script, is sent up to 5 s late, even after that of its end: sacct -j then shows a state already, but a listing without
# -j, which goes by the start, does not. Nor does it show that others of the array are still missing.
wait_accounted() {
  local id=$1 limit=${2:-120} end tasks missing
  end=$((SECONDS + limit))
  tasks=$(squeue -h -t all -j "$id" -o %i | sort)
  [[ -n $tasks ]] || fail "wait_accounted $id: squeue shows no task"
  while :; do
    missing=$(comm -23 <(printf '%s\n' "$tasks") \
      <(sacct -n -X -S now-1days -o JobID%30,State | awk '$2 !~ /PENDING|RUNNING|REQUEUED/ { print $1 }' | sort))
    if [[ -z $missing ]]; then return 0; fi
    if ((SECONDS >= end)); then fail "wait_accounted $id: not in sacct after $limit s: $missing"$'\n'"$(sacct -X 2>&1)"; fi
    sleep 0.2
  done
}

# job_field JOBID FIELD: the value `scontrol show job` gives; one line for each record of an array.
job_field() {
  local shown rest=' [A-Z][\w/:]*=|\s*$'
  shown=$(scontrol show job "$1" 2>&1) || fail "job_field $1 $2: $shown"
  # These have a line of their own and may contain anything.
  case $2 in Command | WorkDir | StdIn | StdOut | StdErr | Comment | TRES | Dependency) rest='\s*$' ;; esac
  grep -oP "(?:^|\s)\Q$2\E=\K.*?(?=$rest)" <<<"$shown" || fail "job_field $1: no field '$2' in"$'\n'"$shown"
}

# own_outputs JOBID: what the plain jobs of an array wrote into their files of the default name, in the order of their indices.
own_outputs() {
  local id
  for id in $(squeue -h -r -t all -j "$1" -o '%K %A' | sort -n | cut -d ' ' -f 2); do cat "slurm-$id.out"; done
}

# --- ordinary users ----------------------------------------------------------------------------------------------

# as_user USER COMMAND...: with a clean environment (clean HOME below TEST_DIR, SLURM_CONF, PATH), in this directory.
# More variables: as_user sarray-test env A=1 COMMAND. The user is created if there is none of that name.
as_user() {
  local user=$1 home=$TEST_DIR/home-$1 run=()
  shift
  # Two tests may create the user at once; useradd holds a lock of its own, and the second one finds it done.
  id -u "$user" >/dev/null 2>&1 || useradd --no-create-home --home-dir "/nonexistent/$user" --shell /bin/bash "$user" 2>/dev/null ||
    id -u "$user" >/dev/null || fail "useradd $user"
  [[ -d $home ]] || install -d -m 700 -o "$user" -g "$(id -g "$user")" "$home"
  if [[ -n ${SARRAY_CLUSTER_DIR-} ]]; then run=(in_cluster); fi
  "${run[@]}" setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups --no-new-privs \
    env -i PATH="${PATH//"${SARRAY_CLUSTER_DIR-/nowhere}/bin:"/}" HOME="$home" USER="$user" LOGNAME="$user" SHELL=/bin/bash LANG=C.UTF-8 \
    ${SLURM_CONF:+SLURM_CONF="$SLURM_CONF"} "$@"
}

# --- the end of a test -------------------------------------------------------------------------------------------

# Copies what explains a failure to $SARRAY_EVIDENCE_DIR/TEST_NAME.
evidence() {
  local to
  [[ -n ${SARRAY_EVIDENCE_DIR-} ]] || return 0
  to=$SARRAY_EVIDENCE_DIR/$TEST_NAME
  mkdir -p "$to"
  cp -a "$TEST_DIR/." "$to/workdir" || true
  if [[ -n ${SARRAY_CLUSTER_DIR-} ]]; then
    cp -a "$SARRAY_CLUSTER_DIR/log" "$SARRAY_CLUSTER_DIR/etc/slurm.conf" "$to/" || true
    timeout 10 scontrol show job >"$to/jobs" 2>&1 || true
    timeout 10 squeue >"$to/squeue" 2>&1 || true
    timeout 10 sinfo -N -l >"$to/sinfo" 2>&1 || true
  fi
  printf 'evidence: %s\n' "$to" >&2
}

# What a test left running in a shared cluster would take CPUs from the next test. Ours are known by their directory.
cancel_leftover_jobs() {
  local ids
  ids=$(timeout 10 squeue -h -o '%A %Z' 2>/dev/null | awk -v dir="$TEST_DIR" 'index($2, dir) == 1 { print $1 }' | sort -u) || true
  # shellcheck disable=SC2086 # one word per job
  [[ -z $ids ]] || timeout 10 scancel $ids || true
}

finish_test() {
  local status=$? i
  trap '' INT TERM HUP
  set +e
  for ((i = ${#exit_commands[@]} - 1; i >= 0; i--)); do eval "${exit_commands[i]}"; done
  ((status == 0)) || evidence
  if [[ -n $own_cluster ]]; then
    "$cluster_tool" down --dir "$SARRAY_CLUSTER_DIR" || status=1
  elif [[ -n ${SARRAY_CLUSTER_DIR-} ]]; then
    cancel_leftover_jobs
  fi
  cd / && rm -rf --one-file-system -- "$TEST_DIR"
  exit "$status"
}
trap finish_test EXIT
# A signal must lead to the EXIT trap, too.
trap 'exit 130' INT
trap 'exit 143' TERM HUP
