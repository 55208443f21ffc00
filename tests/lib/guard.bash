# shellcheck shell=bash
# A world in which the tests can reach no Slurm but the clusters that they bring up themselves, although the machine may have one that runs.
# For tests/run: what calls a Slurm by mistake, fails and is noted.

# enter_guarded_world PROGRAM BUILD: sets guard_folder, a new folder that leave_guarded_world removes. As root the program is executed
# again in a mount namespace of its own, in which the configuration that Slurm's commands read by default is a false one, too.
guard_folder=${SARRAY_GUARD_FOLDER-}
unset SARRAY_GUARD_FOLDER # a tests/run within a test has a world of its own
guard_arguments=("$@")
enter_guarded_world() {
  local name own='^SARRAY_(TEST_.*|EVIDENCE_DIR|FUZZ_.*|ORACLE_.*|FIDELITY_.*|PIPELINES_.*|FOLLOW_.*|RELEASE_.*|SETTLE_SECONDS|BUILD)$|^SARRAY$'
  if [[ -z $guard_folder ]]; then
    guard_folder=$(mktemp -d "${TMPDIR:-/tmp}/sarray-run-XXXXXX") || exit
    chmod 755 "$guard_folder"
    if ((EUID == 0)); then
      SARRAY_GUARD_FOLDER=$guard_folder exec unshare --mount --propagation private "$BASH" "$1" "${guard_arguments[@]}"
    fi
  fi
  # A Slurm session, or a user's own settings, around the tests.
  for name in $(compgen -e); do
    case $name in
      SLURM_* | SLURMD_* | SBATCH_* | SALLOC_* | SQUEUE_* | SACCT_* | SCANCEL_* | SINFO_*) unset "$name" ;;
      SARRAY*) [[ $name =~ $own ]] || unset "$name" ;;
    esac
  done
  start_tripwire
}

# Listens where the false configuration says that a controller is. Who calls is written down, and gets no answer.
start_tripwire() {
  mkdir "$guard_folder/slurm" && : >"$guard_folder/strangers"
  python3 tests/lib/tripwire "$guard_folder/slurm/slurm.conf" "$guard_folder/strangers" &
  guard_tripwire=$!
  local i
  for ((i = 0; i < 600; i++)); do
    [[ ! -s $guard_folder/slurm/slurm.conf ]] || break
    sleep 0.1
  done
  export SLURM_CONF=$guard_folder/slurm/slurm.conf
  local folder
  for folder in /etc/slurm /etc/slurm-llnl; do
    if ((EUID == 0)) && [[ -d $folder ]]; then mount --bind "$guard_folder/slurm" "$folder" || exit; fi
  done
}

strangers_called() { sort -u "$guard_folder/strangers"; }

leave_guarded_world() {
  kill "$guard_tripwire" 2>/dev/null
  rm -rf --one-file-system -- "$guard_folder"
}
