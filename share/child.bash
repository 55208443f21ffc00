# BASH_ENV of a listen session: scripts that the session's commands run find our sbatch too, also after a `module load` of theirs.
# listen.bash reads it as well. SARRAY_BIN is the folder with our sbatch; SARRAY_PATH what is first in PATH: that folder and the
# guard's.
# shellcheck shell=bash disable=SC1090
if [[ $- != *i* && -n ${SARRAY_BASH_ENV-} && -r $SARRAY_BASH_ENV ]]; then . "$SARRAY_BASH_ENV"; fi

if [[ -n ${SARRAY_BIN-} ]]; then
  # Puts our folders first in PATH again. bash reads BASH_ENV after the profile of a login shell, which often sets PATH.
  __sarray_first() {
    local first=${SARRAY_PATH:-$SARRAY_BIN}
    case $PATH: in
      "$first":*) ;;
      *)
        PATH=:$PATH:
        PATH=${PATH//":$first:"/:}
        PATH=${PATH#:} PATH=$first:${PATH%:}
        hash -r
        ;;
    esac
  }
  __sarray_first

  # Makes sbatch a function, which no PATH can hide. When our program cannot be run (the state folder is gone, or cannot be read) the next
  # sbatch in PATH is not taken. It is never exported: jobs must not find it in their environment.
  __sarray_guard() {
    function sbatch() { # not expanded if the user has an alias of that name
      if [[ -x $SARRAY_BIN/sbatch ]]; then
        "$SARRAY_BIN/sbatch" "$@"
      else
        printf 'sarray: error: session %s is gone: nothing is recorded, nothing was submitted\nhint: %s cannot be run; exit leaves the session\n' \
          "$SARRAY_SESSION" "$SARRAY_BIN/sbatch" >&2
        return 1
      fi
    }
    export -fn sbatch
  }
  if [[ -z ${__sarray_listen-} ]]; then
    # A function that the user exports is theirs, and calls ours by PATH.
    declare -F sbatch >/dev/null || __sarray_guard
    unset -f __sarray_first __sarray_guard
  fi
fi
