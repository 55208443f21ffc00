# Becomes the job: says what Slurm and the kernel say if it cannot start, or sets its ids, limits and environment, and runs its script.
# shellcheck shell=bash disable=SC2034,SC2154,SC2163

enter_directory() {
  [[ -z $SARRAY_DIRECTORY ]] || cd -- "$SARRAY_DIRECTORY" 2>/dev/null || rest enter_other_directory
}

# Sees whether the kernel executes the script's interpreter. What the node's own shells are needs no look.
check_interpreter() {
  local line=${SARRAY_BYTES%%$'\n'*} buffer=255 interpreter
  interpreter=${line:2}
  interpreter=${interpreter#"${interpreter%%[!$' \t']*}"}
  interpreter=${interpreter%%[$' \t']*}
  [[ ${#line} -le $buffer && ($interpreter -ef /bin/sh || $interpreter -ef /proc/$$/exe) && -x $interpreter ]] || rest follow_interpreter "$line"
}

# From here on every variable that is not Slurm's or sarray's may be the user's: nothing is local.

set_ids() {
  export SARRAY_JOB_ID=$SARRAY_ID
  if [[ -n $SARRAY_LOCAL ]]; then
    # shellcheck disable=SC2086
    set -- $SARRAY_ARRAY
    export SLURM_ARRAY_JOB_ID=$SARRAY_ID SLURM_ARRAY_TASK_ID=$SARRAY_LOCAL SLURM_ARRAY_TASK_COUNT=$1 \
      SLURM_ARRAY_TASK_MIN=$2 SLURM_ARRAY_TASK_MAX=$3 SLURM_ARRAY_TASK_STEP=$4
  else
    unset SLURM_ARRAY_JOB_ID SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_MAX \
      SLURM_ARRAY_TASK_STEP
  fi
}

set_limits() {
  for SARRAY_ENTRY in ${SARRAY_LIMITS[@]+"${SARRAY_LIMITS[@]}"}; do
    ulimit -S -"${SARRAY_ENTRY% *}" "${SARRAY_ENTRY#* }" 2>/dev/null
  done
}

set_environment() {
  PATH=$SARRAY_PATH
  for SARRAY_ENTRY in ${SARRAY_UNSET[@]+"${SARRAY_UNSET[@]}"}; do unset -v "$SARRAY_ENTRY"; done
  for SARRAY_ENTRY in ${SARRAY_SET[@]+"${SARRAY_SET[@]}"}; do export "$SARRAY_ENTRY"; done
  unset -v OLDPWD
  # Not exported, it is still ours: bash reads no files of a locale for the moment that is left.
  if [[ -n $SARRAY_LOCALE ]]; then { LC_ALL=${SARRAY_LOCALE#x}; } 2>/dev/null; else export -n LC_ALL; fi
  for SARRAY_ENTRY in ${SARRAY_LATE[@]+"${SARRAY_LATE[@]}"}; do
    if [[ $SARRAY_ENTRY == @(LANG|LANGUAGE|LC_*)=* && -z ${SARRAY_LOGIN-} ]]; then
      SARRAY_NAME=${SARRAY_ENTRY%%=*}
      # sbatch did not send it: the node's TaskProlog has set it, and has the last word.
      [[ -z ${!SARRAY_NAME+x} || ($SARRAY_NAME == LC_ALL && -z $SARRAY_LOCALE) ]] || continue
    fi
    export "$SARRAY_ENTRY"
  done 2>/dev/null
  unset -v SARRAY_LOGIN
  [[ -z $SARRAY_TRANSLATED ]] || rest set_translator
}

become_job() {
  SARRAY_COMMAND=("$SARRAY_PLACE" ${SARRAY_ARGUMENTS[@]+"${SARRAY_ARGUMENTS[@]}"})
  if ((${#SARRAY_ENV[@]} + ${#SARRAY_DROP[@]} > 0)); then # names that bash cannot hold, or must not
    SARRAY_NAME=/usr/bin/env
    [[ -x $SARRAY_NAME ]] || SARRAY_NAME=$(type -P env)
    SARRAY_COMMAND=("$SARRAY_NAME" ${SARRAY_DROP[@]+"${SARRAY_DROP[@]}"} -- ${SARRAY_ENV[@]+"${SARRAY_ENV[@]}"} "${SARRAY_COMMAND[@]}")
  fi
  set_environment
  shopt -s execfail
  if ((${#SARRAY_LAST[@]} > 0)); then
    _=${SARRAY_LAST[0]} exec "${SARRAY_COMMAND[@]}"
  else
    exec "${SARRAY_COMMAND[@]}"
  fi
  (($? != 127)) || rest cannot_start 2 "No such file or directory" # what the program itself needs first, its loader
}
