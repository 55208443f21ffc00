# The task's start, if it is not the usual one: the login environment, what slurmstepd says if a job cannot start, the translator of ids.
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

# Says what slurmstepd says of a directory that cannot be entered: once on 20.11, twice on 22.05 to 26.05 (observed).
enter_other_directory() {
  local reason="No such file or directory" count times=2
  ((10#$SARRAY_RELEASE >= 2108)) || times=1
  [[ -e $SARRAY_DIRECTORY ]] && reason="Permission denied"
  [[ -e $SARRAY_DIRECTORY && ! -d $SARRAY_DIRECTORY ]] && reason="Not a directory"
  for ((count = 0; count < times; ++count)); do
    name_slurmstepd
    printf "%s couldn't chdir to \`%s': %s: going to /tmp instead\n" "$SARRAY_SLURMSTEPD" "$SARRAY_DIRECTORY" "$reason" >&2
  done
  cd /tmp || :
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

# follow_interpreter LINE: follows the script's first line to a program, as the kernel does (fs/binfmt_script.c, fs/exec.c), and ends the
# task if it would not be executed. bash has other words for that; and if the format is not known it would read the script as one of its own.
follow_interpreter() {
  local line=$1 interpreter level max_levels=6 buffer=255
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
  ((SARRAY_VERSION >= 404)) || return 0
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
  [[ -x $SARRAY_TRANSLATE/scancel ]] ||
    die "it names Slurm's commands, and $SARRAY_TRANSLATE, which translates its ids, cannot be run here"
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
# The end of the rest.
