# Becomes the job: says what Slurm and the kernel say if it cannot start, or sets its ids, limits and environment, and runs its script.
# shellcheck shell=bash disable=SC2034,SC2154,SC2163

# SARRAY_LOCAL: the task's id in its own job: the n-th of "0-4,7-11:2"; empty for a plain job.
[[ -z $SARRAY_UNKNOWN ]] || die "its record says '$SARRAY_UNKNOWN', which this dispatcher does not know"
SARRAY_LOCAL='' SARRAY_FIRST=$SARRAY_NTH
for SARRAY_PART in ${SARRAY_IDS//,/ }; do
  SARRAY_STEP=1
  [[ $SARRAY_PART != *:* ]] || SARRAY_STEP=${SARRAY_PART#*:} SARRAY_PART=${SARRAY_PART%:*}
  SARRAY_COUNT=$(((${SARRAY_PART#*-} - ${SARRAY_PART%-*}) / SARRAY_STEP + 1))
  if ((SARRAY_FIRST < SARRAY_COUNT)); then
    SARRAY_LOCAL=$((${SARRAY_PART%-*} + SARRAY_FIRST * SARRAY_STEP))
    break
  fi
  SARRAY_FIRST=$((SARRAY_FIRST - SARRAY_COUNT))
done
[[ -z $SARRAY_IDS || -n $SARRAY_LOCAL ]] || die "no task $SARRAY_NTH in $SARRAY_IDS"

[[ -z ${SARRAY_LOGIN-} ]] || rest keep_login
[[ -z $SARRAY_UMASK$SARRAY_TRUNCATE$SARRAY_HIDDEN$SARRAY_BY_HAND ]] || rest prepare_files
[[ -z $SARRAY_DIRECTORY ]] || cd -- "$SARRAY_DIRECTORY" 2>/dev/null || rest enter_other_directory

# Whether the kernel executes the script's interpreter. What the node's own shells are needs no look.
SARRAY_PART=${SARRAY_BYTES%%$'\n'*}
SARRAY_TAG=${SARRAY_PART:2}
SARRAY_TAG=${SARRAY_TAG#"${SARRAY_TAG%%[!$' \t']*}"}
SARRAY_TAG=${SARRAY_TAG%%[$' \t']*}
[[ ${#SARRAY_PART} -le 255 && ($SARRAY_TAG -ef /bin/sh || $SARRAY_TAG -ef /proc/$$/exe) && -x $SARRAY_TAG ]] || rest follow_interpreter "$SARRAY_PART"
[[ -z $SARRAY_TRANSLATED ]] || rest check_translator

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

for SARRAY_ENTRY in ${SARRAY_LIMITS[@]+"${SARRAY_LIMITS[@]}"}; do
  ulimit -S -"${SARRAY_ENTRY% *}" "${SARRAY_ENTRY#* }" 2>/dev/null
done

SARRAY_COMMAND=("$SARRAY_PLACE" ${SARRAY_ARGUMENTS[@]+"${SARRAY_ARGUMENTS[@]}"})
if ((${#SARRAY_ENV[@]} + ${#SARRAY_DROP[@]} > 0)); then # names that bash cannot hold, or must not
  SARRAY_NAME=/usr/bin/env
  [[ -x $SARRAY_NAME ]] || SARRAY_NAME=$(type -P env)
  SARRAY_COMMAND=("$SARRAY_NAME" ${SARRAY_DROP[@]+"${SARRAY_DROP[@]}"} -- ${SARRAY_ENV[@]+"${SARRAY_ENV[@]}"} "${SARRAY_COMMAND[@]}")
fi

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

shopt -s execfail
if ((${#SARRAY_LAST[@]} > 0)); then
  _=${SARRAY_LAST[0]} exec "${SARRAY_COMMAND[@]}"
else
  exec "${SARRAY_COMMAND[@]}"
fi
(($? != 127)) || rest cannot_start 2 "No such file or directory" # what the program itself needs first, its loader
