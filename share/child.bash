# BASH_ENV of a listen session: scripts that the session's commands run find our sbatch too, also after a `module load` of theirs.
# shellcheck shell=bash disable=SC1090
if [[ -n ${SARRAY_BASH_ENV-} && -r $SARRAY_BASH_ENV ]]; then . "$SARRAY_BASH_ENV"; fi
# A function that the user exports is theirs, and calls ours by PATH. Ours is never exported: jobs must not find it in their environment.
if [[ -n ${SARRAY_BIN-} && -x $SARRAY_BIN/sbatch ]] && ! declare -F sbatch >/dev/null; then
  sbatch() { "$SARRAY_BIN/sbatch" "$@"; }
  export -fn sbatch
fi
