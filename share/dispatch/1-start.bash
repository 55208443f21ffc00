# The dispatcher: turns this task of the merged array back into the task that its own sbatch call would have made.
#
# It finds the task's record by its index, sets what is the task's own, writes the job's own script over Slurm's copy of this file, and
# executes that: the same process and the same file, so that signals, exit status, limits, $0 and the shebang are the kernel's business.
# It is one group: bash has read all of it before it runs any, and before the first byte of the file changes. It needs bash 4.2 and
# coreutils. What few tasks need stands after the end, as does the list of the variables above. What all tasks need is no function:
# bash copies a function when it is defined, and again when it is called.
#
# Its variables begin with SARRAY_, since no variable of the user's does: nothing of theirs can be overwritten. Other names are local to a
# function that has returned when the job starts.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the parts see each other's variables when they are one text

die() { # WHY
  printf 'sarray: error: task %s of array %s: %s\n' "${SARRAY_INDEX:-?}" "${SLURM_ARRAY_JOB_ID-?}" "$1" >&2
  exit 125
}

damaged() { # WHAT
  die "the batch script is damaged or was edited: $1"
}

# rest COMMAND...: runs a function of the dispatcher's rest (share/dispatch_rest), which bash reads only now: reading it takes as long as
# all that most tasks do.
rest() {
  local text=${SARRAY_NEAR[0]}
  if [[ -n $text ]]; then
    [[ $text == '# The rest of the dispatcher'*$'\n# The end of the rest.\n\f' ]] || damaged "its dispatcher is not where it should be"
    eval "${text%?}"
    SARRAY_NEAR[0]=''
  fi
  "$@"
}

SARRAY_LOCALE=${LC_ALL+x$LC_ALL}
export LC_ALL=C # a character is a byte, here and in what is run
set -f          # a word is not a file pattern
# The job's own PATH may lack what is needed here, or have something else of that name.
SARRAY_PATH=${PATH-}
PATH=/usr/bin:/bin${PATH:+:$PATH}
SARRAY_FILE=$0
SARRAY_INDEX=${SLURM_ARRAY_TASK_ID-}
[[ -n $SARRAY_INDEX && $SARRAY_INDEX != *[!0-9]* ]] || die "it was not started as a task of an array"
export SARRAY_ARRAY_JOB_ID=${SLURM_ARRAY_JOB_ID-} SARRAY_ARRAY_TASK_ID=$SARRAY_INDEX
((10#$SARRAY_FORMAT == 3)) || die "its table has format $SARRAY_FORMAT, and the dispatcher knows format 3" # as the codec, says a unit test
# A file that sarray has just written needs no checksums: nobody can have edited it. By hand, or from a copy, there is no such variable.
SARRAY_VERSION=$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1])) SARRAY_TRUSTED='' SARRAY_BY_HAND=yes
if [[ -n ${SLURM_SARRAY-} && $SLURM_SARRAY == "${SARRAY_SCRATCH##*/}" ]]; then
  SARRAY_BY_HAND=''
  ((SARRAY_VERSION < 404)) || SARRAY_TRUSTED=yes
fi
unset -v SLURM_SARRAY
