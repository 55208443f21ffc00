# Becomes the job: says what Slurm and the kernel say if it cannot start, or sets its ids, limits and environment, and runs its script.
# shellcheck shell=bash disable=SC2034,SC2154,SC2163

# Restores what bash has replaced in the node's login environment by its own: the first words of the environment that Slurm gave.
keep_login() {
  local entry
  [[ -n ${SARRAY_LOGIN-} ]] || return 0
  while IFS= read -r -d '' entry; do
    case $entry in
      PWD=*) SARRAY_LATE=("$entry" ${SARRAY_LATE[@]+"${SARRAY_LATE[@]}"}) ;;
      _=*) ((${#SARRAY_LAST[@]})) || SARRAY_LAST=("${entry#_=}") ;;
    esac
  done </proc/$$/environ
}

# Sets SARRAY_SLURMSTEPD to what slurmstepd's lines begin with: its name, or on 26.05 the time (observed; 24.11 has the name).
name_slurmstepd() {
  local now=${EPOCHREALTIME-}
  SARRAY_SLURMSTEPD="slurmstepd-$SLURMD_NODENAME: error:"
  ((10#$SARRAY_RELEASE >= 2605)) || return 0
  [[ -n $now ]] || printf -v now '%(%s)T.000000' -1 # before bash 5
  printf -v SARRAY_SLURMSTEPD '[%(%Y-%m-%dT%H:%M:%S)T.%s] error:' "${now%.*}" "${now:${#now}-6:3}"
}

# Goes to the job's directory, or says what slurmstepd says: once on 20.11, twice on 22.05 to 26.05 (observed).
enter_directory() {
  local reason="No such file or directory" count times=2
  ((10#$SARRAY_RELEASE >= 2108)) || times=1
  if [[ -n $SARRAY_DIRECTORY ]] && ! cd -- "$SARRAY_DIRECTORY" 2>/dev/null; then
    [[ -e $SARRAY_DIRECTORY ]] && reason="Permission denied"
    [[ -e $SARRAY_DIRECTORY && ! -d $SARRAY_DIRECTORY ]] && reason="Not a directory"
    for ((count = 0; count < times; ++count)); do
      name_slurmstepd
      printf "%s couldn't chdir to \`%s': %s: going to /tmp instead\n" "$SARRAY_SLURMSTEPD" "$SARRAY_DIRECTORY" "$reason" >&2
    done
    cd /tmp || :
  fi
}

# Ends the task as slurmstepd does if its script cannot be executed: status and words (observed on 22.05).
cannot_start() { # ERRNO WORDS
  local line=${SARRAY_BYTES%%$'\n'*}
  name_slurmstepd
  if (($1 == 2)); then
    printf '%s execve(): bad interpreter(%s): %s\n' "$SARRAY_SLURMSTEPD" "${line:2}" "$2" >&2
  else
    printf '%s execve(): %s: %s\n' "$SARRAY_SLURMSTEPD" "$SARRAY_PLACE" "$2" >&2
  fi
  exit "$1"
}

# Follows the script's first line to a program, as the kernel does (fs/binfmt_script.c, fs/exec.c), and ends the task if it would not be
# executed. bash has other words for that; and if the format is not known it would read the script as one of its own.
check_interpreter() {
  local line=${SARRAY_BYTES%%$'\n'*} interpreter level max_levels=6 buffer=255
  for ((level = 1; level <= max_levels; ++level)); do
    interpreter=${line:2:buffer-2}
    interpreter=${interpreter#"${interpreter%%[!$' \t']*}"}
    [[ ${#line} -le $buffer || $interpreter == *[$' \t']* ]] || cannot_start 8 "Exec format error"
    interpreter=${interpreter%%[$' \t']*}
    [[ -n $interpreter ]] || cannot_start 8 "Exec format error"
    [[ -e $interpreter ]] || check_folders "$interpreter"
    [[ ! -d $interpreter && -x $interpreter ]] || cannot_start 13 "Permission denied"
    # What the node's own shells are needs no look; and what must not be looked at is the kernel's business.
    [[ ! $interpreter -ef /bin/sh && ! $interpreter -ef /proc/$$/exe && -r $interpreter ]] || return 0
    line=''
    IFS= read -r -n $((buffer + 1)) line <"$interpreter"
    case $line in
      '#!'*) ;;
      $'\x7fELF'*)
        is_of_this_machine "$interpreter" || cannot_start 8 "Exec format error"
        return 0
        ;;
      '' | *[$'\x01'-$'\x08\x0e'-$'\x1f']*) return 0 ;; # a format that this kernel may have been taught
      *) cannot_start 8 "Exec format error" ;;         # a text
    esac
  done
  cannot_start 40 "Too many levels of symbolic links"
}

# Says why a file cannot be reached.
check_folders() { # PATH
  local path=$1
  while [[ $path == */* ]]; do
    path=${path%/*}
    [[ -e ${path:-/} ]] || continue
    [[ -d ${path:-/} ]] || cannot_start 20 "Not a directory"
    [[ -x ${path:-/} ]] || cannot_start 13 "Permission denied"
    break
  done
  cannot_start 2 "No such file or directory"
}

# Whether a program is made for the machine that bash is made for, or its 32-bit sibling, or the kernel may run it by an emulator.
is_of_this_machine() { # PATH
  local own other machine=18 x86_64='>' i386=$'\x03'
  ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || return 0
  read_header own "/proc/$$/exe"
  read_header other "$1"
  [[ ${own:4:2}${own:machine:2} != "${other:4:2}${other:machine:2}" ]] || return 0
  [[ ${own:machine:1} == "$x86_64" && ${other:machine:1} == "$i386" ]] || compgen -G '/proc/sys/fs/binfmt_misc/qemu-*' >/dev/null
}

# read_header NAME PATH: sets NAME to the first bytes of a program, with a dot for each that is zero.
read_header() {
  local part bytes=''
  local -a parts
  mapfile -n 20 -d '' parts <"$2"
  for part in "${parts[@]}"; do bytes+=$part.; done
  printf -v "$1" %s "$bytes"
}

check_translator() {
  # noexec counts: the next one in the PATH would be run then, and act on other jobs.
  [[ -z $SARRAY_TRANSLATED || -x $SARRAY_TRANSLATE/scancel ]] ||
    die "it names Slurm's commands, and $SARRAY_TRANSLATE, which translates its ids, cannot be run here"
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
  [[ -z $SARRAY_TRANSLATED ]] || set_translator
}

# Puts the translator first in PATH, and tells it (share/translate) the task's ids, and what its job's own record would say.
set_translator() {
  export SARRAY_SELF="$SLURM_JOB_ID $SARRAY_ID $((SARRAY_INDEX - SARRAY_NTH)) ${SARRAY_IDS:--}"
  printf -v SARRAY_OWN '%q ' $((10#$SARRAY_RELEASE)) "$SARRAY_PLACE" "$SARRAY_LINKS" "$SARRAY_DIRECTORY" "${SARRAY_JOB_NAME:-${SLURM_JOB_NAME-}}" "$SARRAY_JOB_PATH" \
    ${SARRAY_ARGUMENTS[@]+"${SARRAY_ARGUMENTS[@]}"}
  # The kernel takes no longer text than 128 KiB; a command with so many arguments is as Slurm shows it.
  ((${#SARRAY_OWN} < 65536)) || printf -v SARRAY_OWN '%q ' $((10#$SARRAY_RELEASE)) "$SARRAY_PLACE" "$SARRAY_LINKS" "$SARRAY_DIRECTORY" "${SARRAY_JOB_NAME:-${SLURM_JOB_NAME-}}" ''
  export SARRAY_OWN PATH="$SARRAY_TRANSLATE:${PATH:-/usr/local/bin:/usr/bin:/bin}"
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
  (($? != 127)) || cannot_start 2 "No such file or directory" # what the program itself needs first, its loader
}
