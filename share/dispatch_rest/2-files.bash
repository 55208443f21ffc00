# Gives the task's output files their modes, and the names that only the running task knows; opens them if nobody has made links to them.
# shellcheck shell=bash disable=SC2034,SC2154

prepare_files() {
  local fd
  if [[ -n $SARRAY_UMASK ]]; then # before the files are touched
    umask "$SARRAY_UMASK"
    fix_modes
  fi
  set -- ${SARRAY_PATTERNS[@]+"${SARRAY_PATTERNS[@]}"}
  while (($# > 0)); do
    if [[ -n $SARRAY_BY_HAND ]]; then
      open_by_hand "$1" "$2"
    elif [[ " $SARRAY_HIDDEN " == *" $1 "* ]]; then
      name_file "$1" "$2"
    fi
    shift 2
  done
  if [[ -n $SARRAY_TRUNCATE ]]; then
    for fd in 1 2; do
      if [[ -f /proc/$$/fd/$fd ]]; then : >"/proc/$$/fd/$fd"; fi
    done
  fi
}

# Sets the modes of files that Slurm has just made with the array's umask, not the job's. An older file keeps its mode: it was changed
# later than it was made, or was made some time ago; if the file system does not know when, the last change counts.
fix_modes() {
  local fd state now new=20 IFS='|' # seconds
  printf -v now '%(%s)T' -1
  for fd in 1 2; do
    [[ -f /proc/$$/fd/$fd ]] || continue
    state=$(stat -L -c '%s|%w|%z|%Z' "/proc/$$/fd/$fd") || continue
    # shellcheck disable=SC2086
    set -- $state
    [[ $1 == 0 && ($2 == "$3" || $2 == -) && $4 -gt $((now - new)) ]] || continue
    chmod "$(printf %o $((0666 & ~0$SARRAY_UMASK)))" "/proc/$$/fd/$fd"
  done
}

# name_file STREAM PATTERN: gives the file that Slurm opened under a hidden name its own name, which Slurm's descriptor
# follows, and points the link there, so that a requeued task opens it by Slurm's own rules.
name_file() {
  local link=$SARRAY_LINKS/$1/$SARRAY_INDEX hidden name fd=1 append=$SARRAY_APPEND
  [[ $1 == error ]] && fd=2
  hidden=$(exec readlink -- "$link") || return 0
  [[ ${hidden##*/} == .sarray-* ]] || return 0
  expand_pattern name "$2"
  if [[ -e $hidden ]]; then
    [[ -z $SARRAY_EARLIER || -z $SARRAY_IDS ]] || ! has_conversion "$2" A || keep_earlier "$name" || append=yes
    if [[ -L $name || -e $name ]]; then # it stays the file that it is: its mode, its links, who else writes to it
      open_output "$fd" "$name" "$append" || die "$name cannot be opened"
      rm -f -- "$hidden"
      [[ $append == "$SARRAY_APPEND" ]] || printf 'sarray: note: %s is the file of an earlier attempt, and could not be renamed to %s: this attempt is put after it\n' "$name" "${name##*/}.$SARRAY_EARLIER" >&2
    else
      make_folder_of "$name"
      mv -fT -- "$hidden" "$name" || die "$name cannot be written"
    fi
  fi
  ln -sfnT -- "$name" "$link" 2>/dev/null || :
}

# keep_earlier NAME: gives the file that the attempt before this retry wrote another name, NAME.K. Nothing is ever replaced: if NAME.K is
# there, or the folder cannot be written, this attempt's output is put after the earlier one's.
keep_earlier() {
  [[ -f $1 ]] || return 0
  mv -nT -- "$1" "$1.$SARRAY_EARLIER" 2>/dev/null
  [[ ! -e $1 ]]
}

# open_by_hand STREAM PATTERN: opens the file of a task whose script somebody has submitted with sbatch: no link led Slurm to it. What
# Slurm has opened instead becomes that file if it can, so that Slurm's own last words are in it; else it is removed if it is empty.
open_by_hand() {
  local name opened fd=1 pattern=$2
  [[ $1 == error ]] && fd=2
  [[ -z $SARRAY_UNNAMED || ${pattern##*/} != slurm-%j.out ]] || pattern=${pattern%/*}/slurm-%A_%a.out # as every task of an array
  expand_pattern name "$pattern"
  if [[ $1 == input ]]; then
    [[ $name -ef /proc/$$/fd/0 ]] || { exec <"$name"; } 2>/dev/null || die "$name cannot be opened"
    return 0
  fi
  [[ ! $name -ef /proc/$$/fd/$fd ]] || return 0
  opened=$(exec readlink -- "/proc/$$/fd/$fd")
  [[ -f $opened && ${opened##*/} == "slurm-${SARRAY_ARRAY_JOB_ID}_$SARRAY_INDEX.out" ]] || opened=''
  make_folder_of "$name"
  if [[ $1 == output && -n $opened && ! -e $name && ! -L $name ]]; then
    mv -nT -- "$opened" "$name" 2>/dev/null
    [[ ! $name -ef /proc/$$/fd/$fd ]] || return 0 # else it is in another file system
  fi
  open_output "$fd" "$name" "$SARRAY_APPEND" || die "$name cannot be opened"
  [[ -z $opened || -s $opened || $1 == error ]] || rm -f -- "$opened"
}

# open_output FD NAME APPEND: opens the file by Slurm's rules. If both streams are in one file, the other does not stay behind.
open_output() {
  local both=''
  [[ /proc/$$/fd/1 -ef /proc/$$/fd/2 && $1 == 1 ]] && both=yes
  if [[ -f $2 && $3 != yes ]]; then { : >"$2"; } 2>/dev/null || return; fi
  { : >>"$2"; } 2>/dev/null || return
  eval "exec $1>>\"\$2\"" || return
  [[ -z $both ]] || exec 2>&1
}

# make_folder_of NAME: as Slurm makes it, from 24.11 on; before that nothing is opened in a folder that is missing.
make_folder_of() {
  [[ -d ${1%/*}/ ]] || ((10#$SARRAY_RELEASE < 2411)) || (umask g-w,o-w && mkdir -p -- "${1%/*}") 2>/dev/null || :
}

# has_conversion PATTERN LETTER: whether the letter's value is in the name.
has_conversion() {
  local rest=${1//'%%'/}
  while [[ $rest == *%* ]]; do
    rest=${rest#*%}
    rest=${rest#"${rest%%[!0-9]*}"}
    [[ ${rest:0:1} != "$2" ]] || return 0
  done
  return 1
}

# Sets the caller's array and task to what %A and %a are in a pattern (src/script/names.cpp has the same rule).
find_ids() {
  array=$SLURM_JOB_ID task=${SARRAY_LOCAL:-4294967294}
  if [[ -z $SARRAY_BY_HAND && $SARRAY_FILE_NAMES == task ]]; then
    [[ -z $SARRAY_IDS ]] || array=$SARRAY_ID
  elif has_conversion "$1" A && { [[ -n $SARRAY_IDS ]] || has_conversion "$1" a; }; then
    array=$SARRAY_ARRAY_JOB_ID task=$SARRAY_INDEX
  fi
}

# expand_pattern NAME PATTERN: sets NAME to the pattern with what only the running task knows.
expand_pattern() {
  local rest=$2 text='' char width value longest=10 array task
  find_ids "$2"
  while [[ $rest == *%* ]]; do
    text+=${rest%%\%*}
    rest=${rest#*%}
    width=${rest%%[!0-9]*}
    rest=${rest#"$width"}
    char=${rest:0:1}
    rest=${rest:1}
    case $char in
      A) value=$array ;;
      j | J) value=$SLURM_JOB_ID ;;
      a) value=$task ;;
      b) value=$((task % 10)) ;;
      N)
        [[ -n ${SARRAY_HOST-} ]] || SARRAY_HOST=$(exec uname -n)
        value=${SARRAY_HOST%%.*} width=
        ;;
      r) value=${SLURM_RESTART_COUNT-0} ;;
      S) value=${SLURM_JOB_SLUID-} width= ;;
      *) value=$char width= ;;
    esac
    if [[ -n $width ]]; then
      width=$((10#$width > longest ? longest : 10#$width))
      printf -v value "%0${width}d" "$value"
    fi
    text+=$value
  done
  printf -v "$1" %s "$text$rest"
}
