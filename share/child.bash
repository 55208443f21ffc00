# BASH_ENV of a listen session: scripts that the session's commands run find our sbatch too, also after a `module load` of theirs.
# shellcheck shell=bash disable=SC1090
if [[ -n ${SARRAY_BASH_ENV-} && -r $SARRAY_BASH_ENV ]]; then . "$SARRAY_BASH_ENV"; fi
if [[ -n ${SARRAY_BIN-} && -x $SARRAY_BIN/sbatch ]]; then
  sbatch() { "$SARRAY_BIN/sbatch" "$@"; }
fi
