# The dispatcher: turns this task of the merged array back into the task that its own sbatch call would have made.
#
# It finds the task's record by its index, sets what is the task's own, writes the job's own script over Slurm's copy of this file, and
# executes that: the same process and the same file, so that signals, exit status, limits, $0 and the shebang are the kernel's business.
# bash has read all that it runs before the first byte of the file changes. It needs bash 4.2 and coreutils.
# What few tasks need stands after the end, as does the list of the variables above.
#
# Globals begin with SARRAY_, since no variable of the user's does: nothing of theirs can be overwritten. Names without it are local to a
# function that has returned when the job starts; functions that set the user's variables have no such names.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154,SC2163 # the parts see each other's variables when they are one text

main() {
  prepare_shell
  check_format
  read_parts
  find_page
  find_row
  read_record
  place_script
  find_local_id
  [[ -z ${SARRAY_LOGIN-} ]] || rest keep_login
  [[ -z $SARRAY_UMASK$SARRAY_TRUNCATE$SARRAY_HIDDEN$SARRAY_BY_HAND ]] || rest prepare_files
  enter_directory
  check_interpreter
  [[ -z $SARRAY_TRANSLATED ]] || rest check_translator
  set_ids
  set_limits
  become_job
}

die() { # WHY
  printf 'sarray: error: task %s of array %s: %s\n' "${SARRAY_INDEX-?}" "${SLURM_ARRAY_JOB_ID-?}" "$1" >&2
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

check_format() {
  local known=2 # a unit test compares it with the codec's
  ((10#$SARRAY_FORMAT == known)) || die "its table has format $SARRAY_FORMAT, and the dispatcher knows format $known"
}

prepare_shell() {
  SARRAY_LOCALE=${LC_ALL+x$LC_ALL}
  export LC_ALL=C # a character is a byte, here and in what is run
  set -f          # a word is not a file pattern
  # The job's own PATH may lack what is needed here, or have something else of that name.
  SARRAY_PATH=${PATH-}
  PATH=/usr/bin:/bin${PATH:+:$PATH}
  SARRAY_VERSION=$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1]))
  # A file that sarray has just written needs no checksums: nobody can have edited it. By hand, or from a copy, there is no such variable.
  SARRAY_TRUSTED='' SARRAY_BY_HAND=yes
  [[ -z ${SLURM_SARRAY-} || $SLURM_SARRAY != "${SARRAY_SCRATCH##*/}" ]] || SARRAY_BY_HAND=''
  [[ -n $SARRAY_BY_HAND || $SARRAY_VERSION -lt 404 ]] || SARRAY_TRUSTED=yes
  unset -v SLURM_SARRAY
  SARRAY_FILE=$0
  SARRAY_INDEX=$SLURM_ARRAY_TASK_ID
  export SARRAY_ARRAY_JOB_ID=$SLURM_ARRAY_JOB_ID SARRAY_ARRAY_TASK_ID=$SLURM_ARRAY_TASK_ID
}
