# Gives the task's output files their modes, and the names that only the running task knows.
# shellcheck shell=bash disable=SC2034,SC2154

prepare_files() {
  local fd
  if [[ -n $SARRAY_UMASK ]]; then # before the files are touched
    umask "$SARRAY_UMASK"
    fix_modes
  fi
  set -- ${SARRAY_NAMES[@]+"${SARRAY_NAMES[@]}"}
  while (($# > 0)); do
    name_file "$1" "$2"
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
  local link=$SARRAY_LINKS/$1/$SARRAY_INDEX hidden name fd=1 both=''
  [[ $1 == error ]] && fd=2
  hidden=$(readlink -- "$link") || return 0
  [[ ${hidden##*/} == .sarray-* ]] || return 0
  [[ $2 == *%*N* ]] && SARRAY_HOST=$(uname -n) SARRAY_HOST=${SARRAY_HOST%%.*}
  expand_pattern name "$2"
  if [[ -e $hidden ]]; then
    if [[ -L $name || -e $name ]]; then # it stays the file that it is: its mode, its links, who else writes to it
      [[ /proc/$$/fd/1 -ef /proc/$$/fd/2 ]] && both=yes # the other stream must not stay in the hidden file
      [[ -f $name && $SARRAY_APPEND != yes ]] && : >"$name"
      eval "exec $fd>>\"\$name\"" || die "$name cannot be opened"
      [[ -n $both ]] && eval "exec $((3 - fd))>&$fd"
      rm -f -- "$hidden"
    else
      # As Slurm makes it, from 24.11 on; before that the job does not come here.
      [[ -d ${name%/*}/ ]] || (umask g-w,o-w && mkdir -p -- "${name%/*}") 2>/dev/null || :
      mv -fT -- "$hidden" "$name" || die "$name cannot be written"
    fi
  fi
  ln -sfnT -- "$name" "$link" 2>/dev/null || :
}

# expand_pattern NAME PATTERN: sets NAME to the pattern with what only the running task knows.
expand_pattern() {
  local rest=$2 text='' char width value longest=10
  while [[ $rest == *%* ]]; do
    text+=${rest%%\%*}
    rest=${rest#*%}
    width=${rest%%[!0-9]*}
    rest=${rest#"$width"}
    char=${rest:0:1}
    rest=${rest:1}
    case $char in
      A) value=$SARRAY_ARRAY_JOB_ID ;;
      j | J) value=$SLURM_JOB_ID ;;
      a | b)
        value=${SARRAY_LOCAL:-4294967294}
        [[ $2 == *%*A* ]] && value=$SARRAY_INDEX
        [[ $char == b ]] && value=$((value % 10))
        ;;
      N) value=${SARRAY_HOST-} width= ;;
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
