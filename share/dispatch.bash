# The dispatcher: turns this task of the merged array back into the task that its own sbatch call would have made.
#
# It finds the task's record by its index, sets what is the task's own, and replaces itself by the job's own interpreter on the
# job's own bytes: same process, so that signals, exit status and limits are the kernel's business.
# It needs bash 4.2 and coreutils. Above it stand, written by sarray:
#   SARRAY_DATA    where the data begins in this file, in bytes
#   SARRAY_PAGES   the table's pages, 21 bytes each: first index, offset; the last line is where both end
#   SARRAY_SUMS    their checksums (cksum), 11 bytes each
#   SARRAY_PIECES  empty, or the data is packed in pieces of 65536 bytes (gzip, base64): where each begins, 11 bytes each; the last
#                  line is where they end
#   SARRAY_LINKS   the folder of the links to the tasks' output files, or empty
#   SARRAY_SCRATCH a private folder of the user's on the login node, used here too where it can be seen
# Every name begins with SARRAY_, since none of the user's variables does: nothing of theirs can be overwritten.
# shellcheck shell=bash disable=SC2153,SC2163

SARRAY_LOCALE=${LC_ALL+x$LC_ALL}
export LC_ALL=C # a character is a byte, here and in what is run
set -f   # a word is no file pattern
# The job's own PATH may lack what is needed here, or have something else of that name.
SARRAY_PATH=${PATH-}
PATH=/usr/bin:/bin${PATH:+:$PATH}

SARRAY_die() {
  printf 'sarray: error: task %s of array %s: %s\n' "${SARRAY_INDEX-?}" "${SLURM_ARRAY_JOB_ID-?}" "$1" >&2
  exit 125
}

SARRAY_damaged() {
  SARRAY_die "the batch script is damaged or was edited: $1"
}

# SARRAY_read OFFSET LENGTH: bytes of the data into SARRAY_BYTES. A small file, or what is near in a large one, is read by bash
# itself, all of it once, which is cheaper than a process (mapfile's -d came with bash 4.4, and is four times as fast as read); what
# is far is sought by dd, so that the cost does not grow with the number of jobs.
SARRAY_read() {
  local SARRAY_AT=$((10#$SARRAY_DATA + $1))
  SARRAY_BYTES=
  if [[ -n $SARRAY_PIECES ]]; then
    SARRAY_unpack "$1" "$2"
  elif ((10#$SARRAY_DATA + 10#${SARRAY_PAGES: -11:10} <= 262144 && BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
    [[ -n $SARRAY_NEAR ]] || mapfile -n 1 -d '' SARRAY_NEAR <"$SARRAY_FILE"
    SARRAY_BYTES=${SARRAY_NEAR:SARRAY_AT:$2}
  elif ((SARRAY_AT + $2 <= 65536)); then
    ((${#SARRAY_NEAR} >= SARRAY_AT + $2)) || IFS= read -r -d '' -N $((SARRAY_AT + $2)) SARRAY_NEAR <"$SARRAY_FILE" || :
    SARRAY_BYTES=${SARRAY_NEAR:SARRAY_AT:$2}
  else
    SARRAY_BYTES=$(exec dd if="$SARRAY_FILE" bs=65536 iflag=skip_bytes,count_bytes skip="$SARRAY_AT" count="$2" 2>/dev/null)
    if ((${#SARRAY_BYTES} > 0 && ${#SARRAY_BYTES} < $2)); then
      # Newlines at the end are lost on the way; whether they were newlines is for the checksum to say.
      printf -v SARRAY_TEXT '%*s' $(($2 - ${#SARRAY_BYTES})) ''
      SARRAY_BYTES+=${SARRAY_TEXT// /$'\n'}
    fi
  fi
  ((${#SARRAY_BYTES} == $2)) || SARRAY_die "the batch script is cut short, or dd failed"
}

# SARRAY_unpack OFFSET LENGTH: the same of packed data. Only the pieces that hold the bytes are unpacked.
SARRAY_unpack() {
  local SARRAY_LOW=$(($1 / 65536)) SARRAY_HIGH=$((($1 + $2 - 1) / 65536)) SARRAY_FROM SARRAY_TO
  SARRAY_FROM=$((10#${SARRAY_PIECES:SARRAY_LOW * 11:10})) SARRAY_TO=$((10#${SARRAY_PIECES:SARRAY_HIGH * 11 + 11:10}))
  SARRAY_BYTES=$(
    dd if="$SARRAY_FILE" bs=65536 iflag=skip_bytes,count_bytes skip=$((10#$SARRAY_DATA + SARRAY_FROM)) count=$((SARRAY_TO - SARRAY_FROM)) 2>/dev/null |
      base64 -d 2>/dev/null | gzip -dc 2>/dev/null
    printf .
  )
  SARRAY_BYTES=${SARRAY_BYTES:$1 - SARRAY_LOW * 65536:$2}
}

# SARRAY_decode TEXT: a field of the table into SARRAY_TEXT.
SARRAY_decode() {
  case $1 in
    '\-') SARRAY_TEXT= ;;
    *\\*) printf -v SARRAY_TEXT %b "$1" ;;
    *) SARRAY_TEXT=$1 ;;
  esac
}

# The page that holds the task's index, into SARRAY_BYTES.
SARRAY_find_page() {
  local SARRAY_LOW=0 SARRAY_HIGH=$((${#SARRAY_PAGES} / 21 - 2)) SARRAY_MIDDLE
  while ((SARRAY_LOW < SARRAY_HIGH)); do
    SARRAY_MIDDLE=$(((SARRAY_LOW + SARRAY_HIGH + 1) / 2))
    if ((10#${SARRAY_PAGES:SARRAY_MIDDLE * 21:9} <= SARRAY_INDEX)); then
      SARRAY_LOW=$SARRAY_MIDDLE
    else
      SARRAY_HIGH=$((SARRAY_MIDDLE - 1))
    fi
  done
  local SARRAY_FROM=$((10#${SARRAY_PAGES:SARRAY_LOW * 21 + 10:10})) SARRAY_TO=$((10#${SARRAY_PAGES:SARRAY_LOW * 21 + 31:10}))
  SARRAY_LAST_INDEX=$((10#${SARRAY_PAGES:SARRAY_LOW * 21 + 21:9}))
  SARRAY_PAGE_SUM="$((10#${SARRAY_SUMS:SARRAY_LOW * 11:10})) $((SARRAY_TO - SARRAY_FROM))"
  SARRAY_read "$SARRAY_FROM" $((SARRAY_TO - SARRAY_FROM))
  SARRAY_PAGE=$SARRAY_BYTES
}

# The task's row in the page: SARRAY_ROW (its values), SARRAY_SHAPE (its fields), SARRAY_NTH (which task of its job), SARRAY_ID.
# The page's checksum is only known later, with the script's (one process for both): until then its text is taken for numbers only
# where it is made of digits.
SARRAY_find_row() {
  local SARRAY_LINE SARRAY_HEAD SARRAY_COUNT SARRAY_FIRST SARRAY_AT=1
  local -a SARRAY_LINES SARRAY_SHAPES
  local IFS=$'\n'
  # shellcheck disable=SC2206
  SARRAY_LINES=($SARRAY_PAGE)
  SARRAY_LINE=${SARRAY_LINES[0]}
  [[ $SARRAY_LINE =~ ^page\ (0|[1-9][0-9]{0,8})\ ([1-9][0-9]{0,9})$ ]] || SARRAY_damaged "its table has another form"
  SARRAY_FIRST=${BASH_REMATCH[1]}
  SARRAY_ID=$((BASH_REMATCH[2] - 1))
  while [[ ${SARRAY_LINES[SARRAY_AT]-} == =* ]]; do
    SARRAY_LINE=${SARRAY_LINES[SARRAY_AT]}
    SARRAY_HEAD=${SARRAY_LINE%%$'\t'*}
    [[ $SARRAY_HEAD == =[1-9]* && ${SARRAY_HEAD#=} != *[!0-9]* ]] || SARRAY_damaged "its table has another form"
    SARRAY_SHAPES[${SARRAY_HEAD#=}]=${SARRAY_LINE#"$SARRAY_HEAD"}
    SARRAY_AT=$((SARRAY_AT + 1))
  done
  # As many rows as tasks, each with the next id: then the row's place is known without a walk.
  if ((${#SARRAY_LINES[@]} - SARRAY_AT == SARRAY_LAST_INDEX - SARRAY_FIRST)) && [[ $SARRAY_PAGE != *@* ]]; then
    SARRAY_COUNT=$((SARRAY_INDEX - SARRAY_FIRST))
    SARRAY_AT=$((SARRAY_AT + SARRAY_COUNT)) SARRAY_ID=$((SARRAY_ID + SARRAY_COUNT)) SARRAY_FIRST=$SARRAY_INDEX
  fi
  for SARRAY_LINE in "${SARRAY_LINES[@]:SARRAY_AT}"; do
    SARRAY_HEAD=${SARRAY_LINE%%$'\t'*}
    SARRAY_ID=$((SARRAY_ID + 1)) SARRAY_COUNT=1
    if [[ $SARRAY_HEAD == *[!0-9]* ]]; then
      [[ $SARRAY_HEAD =~ ^([1-9][0-9]*)(\*([1-9][0-9]{0,8}))?(@([1-9][0-9]{0,9}))?$ ]] || SARRAY_damaged "its table has another form"
      SARRAY_HEAD=${BASH_REMATCH[1]} SARRAY_COUNT=${BASH_REMATCH[3]:-1} SARRAY_ID=${BASH_REMATCH[5]:-$SARRAY_ID}
    fi
    if ((SARRAY_INDEX < SARRAY_FIRST + SARRAY_COUNT)); then
      SARRAY_NTH=$((SARRAY_INDEX - SARRAY_FIRST))
      [[ $SARRAY_HEAD == [1-9]* && -n ${SARRAY_SHAPES[SARRAY_HEAD]+x} ]] || SARRAY_damaged "its table has another form"
      SARRAY_SHAPE=${SARRAY_SHAPES[SARRAY_HEAD]}
      SARRAY_ROW=${SARRAY_LINE#*$'\t'}
      return
    fi
    SARRAY_FIRST=$((SARRAY_FIRST + SARRAY_COUNT))
  done
  SARRAY_die "no record of its index"
}

# SARRAY_local_id IDS N: the n-th of "0-4,7-11:2" into SARRAY_LOCAL.
SARRAY_local_id() {
  local SARRAY_RANGE SARRAY_N=$2 SARRAY_FIRST SARRAY_LAST SARRAY_STEP SARRAY_COUNT IFS=,
  for SARRAY_RANGE in $1; do
    SARRAY_STEP=1
    [[ $SARRAY_RANGE == *:* ]] && SARRAY_STEP=${SARRAY_RANGE#*:} SARRAY_RANGE=${SARRAY_RANGE%:*}
    SARRAY_FIRST=${SARRAY_RANGE%-*} SARRAY_LAST=${SARRAY_RANGE#*-}
    SARRAY_COUNT=$(((SARRAY_LAST - SARRAY_FIRST) / SARRAY_STEP + 1))
    if ((SARRAY_N < SARRAY_COUNT)); then
      SARRAY_LOCAL=$((SARRAY_FIRST + SARRAY_N * SARRAY_STEP))
      return
    fi
    SARRAY_N=$((SARRAY_N - SARRAY_COUNT))
  done
  SARRAY_die "no task $2 in $1"
}

# SARRAY_field TAG VALUE: takes one field of the record.
SARRAY_field() {
  case $1 in
    ids) SARRAY_IDS=$2 ;;
    array) SARRAY_ARRAY=$2 ;;
    script) SARRAY_SCRIPT=$2 ;;
    run) SARRAY_RUN=$2 ;;
    shebang) SARRAY_SHEBANG=$2 ;;
    option) SARRAY_OPTION=("$2") ;;
    arg) SARRAY_ARGUMENTS+=("$2") ;;
    dir) SARRAY_DIRECTORY=$2 ;;
    umask) SARRAY_UMASK=$2 ;;
    translate) SARRAY_TRANSLATED=$2 ;;
    limit) SARRAY_LIMITS+=("$2") ;;
    set:*) SARRAY_SET+=("${1#set:}=$2") ;;
    unset:*) SARRAY_UNSET+=("${1#unset:}") ;;
    late:*) SARRAY_LATE+=("${1#late:}=$2") ;;
    env:*) SARRAY_ENV+=("${1#env:}=$2") ;;
    drop:*) SARRAY_DROP+=(-u "${1#drop:}") ;;
    last) SARRAY_LAST=("$2") ;;
    truncate) SARRAY_TRUNCATE=$2 ;;
    append) SARRAY_APPEND=$2 ;;
    output | error) SARRAY_NAMES+=("$1" "$2") ;;
    map:*) ;; # for sarray status and its kind
    *) SARRAY_UNKNOWN=$1 ;;
  esac
}

# Reads the fields: constant ones ("tag=value"), and those whose value stands in the row ("tag~beginning").
SARRAY_read_fields() {
  local SARRAY_FIELD SARRAY_TAG SARRAY_AT=0 IFS=$'\t'
  local -a SARRAY_FIELDS SARRAY_VALUES
  # shellcheck disable=SC2206
  SARRAY_FIELDS=($SARRAY_SHAPE) SARRAY_VALUES=($SARRAY_ROW)
  for SARRAY_FIELD in "${SARRAY_FIELDS[@]}"; do
    SARRAY_TAG=${SARRAY_FIELD%%[=~]*}
    SARRAY_FIELD=${SARRAY_FIELD#"$SARRAY_TAG"}
    case $SARRAY_FIELD in
      =*) SARRAY_decode "${SARRAY_FIELD#=}" ;;
      *)
        SARRAY_decode "${SARRAY_VALUES[SARRAY_AT]-}"
        SARRAY_AT=$((SARRAY_AT + 1))
        SARRAY_FIELD=${SARRAY_FIELD#\~}
        if [[ -n $SARRAY_FIELD ]]; then
          local SARRAY_END=$SARRAY_TEXT
          SARRAY_decode "$SARRAY_FIELD"
          SARRAY_TEXT+=$SARRAY_END
        fi
        ;;
    esac
    if [[ $SARRAY_TAG == *\\* ]]; then
      local SARRAY_VALUE=$SARRAY_TEXT
      SARRAY_decode "$SARRAY_TAG"
      SARRAY_field "$SARRAY_TEXT" "$SARRAY_VALUE"
    else
      SARRAY_field "$SARRAY_TAG" "$SARRAY_TEXT"
    fi
  done
}

# Folders of the user's own, in which nobody else can put or rename a file. A script may look for others beside itself (Python for
# modules, a shell script for what it sources), and must not be led into /tmp, which others fill. Where the folder of the login node is not
# seen here, a new one stays behind, empty.
SARRAY_next_folder() {
  local SARRAY_PLACE
  if [[ -z ${SARRAY_OWN-} ]]; then
    SARRAY_OWN=$SARRAY_SCRATCH SARRAY_PLACES=(${TMPDIR:+"$TMPDIR"} /tmp /var/tmp /dev/shm)
    [[ -n $SARRAY_OWN && -d $SARRAY_OWN && -O $SARRAY_OWN && -w $SARRAY_OWN ]] && return
  fi
  while ((${#SARRAY_PLACES[@]} > 0)); do
    SARRAY_PLACE=${SARRAY_PLACES[0]} SARRAY_PLACES=("${SARRAY_PLACES[@]:1}")
    # Sticky, or the user's own: elsewhere others could rename what is made there.
    [[ -d $SARRAY_PLACE && -w $SARRAY_PLACE && (-k $SARRAY_PLACE || -O $SARRAY_PLACE) ]] || continue
    SARRAY_OWN=$(exec mktemp -d "$SARRAY_PLACE/.sarray.XXXXXXXXXX" 2>/dev/null) && return
  done
  return 1
}

# The script's bytes, SARRAY_BYTES, in a file without a name in the folder SARRAY_OWN, open for reading on SARRAY_FD.
SARRAY_write_script() {
  local SARRAY_NAME TMPDIR=$SARRAY_OWN
  if [[ $SARRAY_BYTES == *$'\n' ]]; then
    # bash does all of that for a here-string: no process is needed. (5.2 would use a pipe for a short one, and 5.1 does.)
    BASH_COMPAT=5.0
    { eval "exec $SARRAY_FD<<<\"\${SARRAY_BYTES%\$'\\n'}\""; } 2>/dev/null
    BASH_COMPAT=
  fi
  # A pipe would be empty once it was checked, and an empty script succeeds.
  if [[ ! -f /proc/$$/fd/$SARRAY_FD ]]; then
    SARRAY_NAME=$SARRAY_OWN/.script-${SLURM_JOB_ID-0}-$$-$RANDOM$RANDOM
    (umask 077 && set -C && printf %s "$SARRAY_BYTES" >"$SARRAY_NAME") 2>/dev/null && { eval "exec $SARRAY_FD<\"\$SARRAY_NAME\""; } 2>/dev/null
    rm -f -- "$SARRAY_NAME"
  fi
  SARRAY_is_whole
}

# Whether the page and SARRAY_FD are as they were written, by length and checksum.
SARRAY_is_whole() {
  [[ -f /proc/$$/fd/$SARRAY_FD && -O /proc/$$/fd/$SARRAY_FD ]] || return
  SARRAY_TEXT=$(exec cksum - "/proc/$$/fd/$SARRAY_FD" <<<"${SARRAY_PAGE%$'\n'}" 2>/dev/null)
  [[ $SARRAY_TEXT == "$SARRAY_PAGE_SUM -"$'\n'"$SARRAY_SUM /proc/$$/fd/$SARRAY_FD" ]]
}

# Puts the job's script on SARRAY_FD, checked. Its path is then /proc/PID/fd/249 for as long as the task lives.
SARRAY_open_script() {
  [[ ${SARRAY_SCRIPT-} =~ ^(0|[1-9][0-9]{0,9})\ ([1-9][0-9]{0,9})\ (read|run)\ ([0-9]+)(\ ([1-9][0-9]{0,9}))?$ ]] ||
    SARRAY_damaged "its table has another form"
  SARRAY_SUM="${BASH_REMATCH[4]} ${BASH_REMATCH[6]:-${BASH_REMATCH[2]}}"
  local SARRAY_USE=${BASH_REMATCH[3]} SARRAY_ESCAPED=${BASH_REMATCH[6]}
  SARRAY_read "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  [[ -z $SARRAY_ESCAPED ]] || printf -v SARRAY_BYTES %b "$SARRAY_BYTES" # not of ASCII alone
  SARRAY_FD=249 # out of everybody's way; where fewer may be open, one that is not
  { : 249</dev/null; } 2>/dev/null || SARRAY_FD=19
  while SARRAY_next_folder; do
    if SARRAY_write_script; then
      # It says its own name, and may run itself by it, as it could alone.
      [[ $SARRAY_USE == read ]] || chmod 0700 "/proc/$$/fd/$SARRAY_FD"
      return 0
    fi
    eval "exec $SARRAY_FD<&-"
    [[ $(printf %s "$SARRAY_PAGE" | cksum) == "$SARRAY_PAGE_SUM" ]] || SARRAY_damaged "the checksum of its table does not match"
    [[ $(printf %s "$SARRAY_BYTES" | cksum) == "$SARRAY_SUM" ]] || SARRAY_damaged "the checksum of the job's own script does not match"
  done
  SARRAY_die "its script could not be written and checked: no folder to write to (tried $SARRAY_SCRATCH, TMPDIR, /tmp, /var/tmp, /dev/shm)"
}

# SARRAY_expand PATTERN: what only the running task knows, into SARRAY_TEXT.
SARRAY_expand() {
  local SARRAY_REST=$1 SARRAY_CHAR SARRAY_WIDTH SARRAY_VALUE
  SARRAY_TEXT=
  while [[ $SARRAY_REST == *%* ]]; do
    SARRAY_TEXT+=${SARRAY_REST%%\%*}
    SARRAY_REST=${SARRAY_REST#*%}
    SARRAY_WIDTH=${SARRAY_REST%%[!0-9]*}
    SARRAY_REST=${SARRAY_REST#"$SARRAY_WIDTH"}
    SARRAY_CHAR=${SARRAY_REST:0:1}
    SARRAY_REST=${SARRAY_REST:1}
    case $SARRAY_CHAR in
      A) SARRAY_VALUE=$SARRAY_ARRAY_JOB_ID ;;
      j | J) SARRAY_VALUE=$SLURM_JOB_ID ;;
      a | b)
        SARRAY_VALUE=${SARRAY_LOCAL:-4294967294}
        [[ $1 == *%*A* ]] && SARRAY_VALUE=$SARRAY_INDEX
        [[ $SARRAY_CHAR == b ]] && SARRAY_VALUE=$((SARRAY_VALUE % 10))
        ;;
      N) SARRAY_VALUE=${SARRAY_HOST-} SARRAY_WIDTH= ;;
      r) SARRAY_VALUE=${SLURM_RESTART_COUNT-0} ;;
      *) SARRAY_VALUE=$SARRAY_CHAR SARRAY_WIDTH= ;;
    esac
    if [[ -n $SARRAY_WIDTH ]]; then
      SARRAY_WIDTH=$((10#$SARRAY_WIDTH > 10 ? 10 : 10#$SARRAY_WIDTH))
      printf -v SARRAY_VALUE "%0${SARRAY_WIDTH}d" "$SARRAY_VALUE"
    fi
    SARRAY_TEXT+=$SARRAY_VALUE
  done
  SARRAY_TEXT+=$SARRAY_REST
}

# SARRAY_name_file STREAM PATTERN: gives the file that Slurm opened under a hidden name its own name, which Slurm's descriptor
# follows, and points the link there, so that a requeued task opens it by Slurm's own rules.
SARRAY_name_file() {
  local SARRAY_LINK=$SARRAY_LINKS/$1/$SARRAY_INDEX SARRAY_HIDDEN SARRAY_FD=1 SARRAY_BOTH=''
  [[ $1 == error ]] && SARRAY_FD=2
  SARRAY_HIDDEN=$(readlink -- "$SARRAY_LINK") || return 0
  [[ ${SARRAY_HIDDEN##*/} == .sarray-* ]] || return 0
  [[ $2 == *%*N* ]] && SARRAY_HOST=$(uname -n) SARRAY_HOST=${SARRAY_HOST%%.*}
  SARRAY_expand "$2"
  if [[ -e $SARRAY_HIDDEN ]]; then
    if [[ -L $SARRAY_TEXT || -e $SARRAY_TEXT ]]; then # it stays the file that it is: its mode, its links, who else writes to it
      [[ /proc/$$/fd/1 -ef /proc/$$/fd/2 ]] && SARRAY_BOTH=yes # the other stream must not stay in the hidden file
      [[ -f $SARRAY_TEXT && $SARRAY_APPEND != yes ]] && : >"$SARRAY_TEXT"
      eval "exec $SARRAY_FD>>\"\$SARRAY_TEXT\"" || SARRAY_die "$SARRAY_TEXT cannot be opened"
      [[ -n $SARRAY_BOTH ]] && eval "exec $((3 - SARRAY_FD))>&$SARRAY_FD"
      rm -f -- "$SARRAY_HIDDEN"
    else
      # As Slurm makes it, from 24.11 on; before that the job does not come here.
      [[ -d ${SARRAY_TEXT%/*}/ ]] || (umask g-w,o-w && mkdir -p -- "${SARRAY_TEXT%/*}") 2>/dev/null || :
      mv -fT -- "$SARRAY_HIDDEN" "$SARRAY_TEXT" || SARRAY_die "$SARRAY_TEXT cannot be written"
    fi
  fi
  ln -sfnT -- "$SARRAY_TEXT" "$SARRAY_LINK" 2>/dev/null || :
}

# Files that Slurm has just made have the array's umask; the job's own may differ. An older file keeps its mode: it was changed
# later than it was made, or was made some time ago; where the file system does not know when, the last change counts.
SARRAY_fix_modes() {
  local SARRAY_FD SARRAY_STATE SARRAY_NOW IFS='|'
  printf -v SARRAY_NOW '%(%s)T' -1
  for SARRAY_FD in 1 2; do
    [[ -f /proc/$$/fd/$SARRAY_FD ]] || continue
    SARRAY_STATE=$(stat -L -c '%s|%w|%z|%Z' "/proc/$$/fd/$SARRAY_FD") || continue
    # shellcheck disable=SC2086
    set -- $SARRAY_STATE
    [[ $1 == 0 && ($2 == "$3" || $2 == -) && $4 -gt $((SARRAY_NOW - 20)) ]] || continue
    chmod "$(printf %o $((0666 & ~0$SARRAY_UMASK)))" "/proc/$$/fd/$SARRAY_FD"
  done
}

SARRAY_prepare_files() {
  local SARRAY_FD
  if [[ -n $SARRAY_UMASK ]]; then # before the files are touched
    umask "$SARRAY_UMASK"
    SARRAY_fix_modes
  fi
  set -- ${SARRAY_NAMES[@]+"${SARRAY_NAMES[@]}"}
  while (($# > 0)); do
    SARRAY_name_file "$1" "$2"
    shift 2
  done
  if [[ -n $SARRAY_TRUNCATE ]]; then
    for SARRAY_FD in 1 2; do
      if [[ -f /proc/$$/fd/$SARRAY_FD ]]; then : >"/proc/$$/fd/$SARRAY_FD"; fi
    done
  fi
}

# Slurm's own words and statuses where a job cannot start (observed on 22.05).
SARRAY_check_start() {
  if [[ -n $SARRAY_DIRECTORY ]] && ! cd -- "$SARRAY_DIRECTORY" 2>/dev/null; then
    local SARRAY_REASON="No such file or directory"
    [[ -e $SARRAY_DIRECTORY ]] && SARRAY_REASON="Permission denied"
    [[ -e $SARRAY_DIRECTORY && ! -d $SARRAY_DIRECTORY ]] && SARRAY_REASON="Not a directory"
    for _ in 1 2; do
      printf "slurmstepd-%s: error: couldn't chdir to \`%s': %s: going to /tmp instead\n" \
        "$SLURMD_NODENAME" "$SARRAY_DIRECTORY" "$SARRAY_REASON" >&2
    done
    cd /tmp || :
  fi
  [[ $SARRAY_RUN == */* ]] || SARRAY_RUN=./$SARRAY_RUN # the kernel knows no PATH
  if [[ ! -e $SARRAY_RUN ]]; then
    printf 'slurmstepd-%s: error: execve(): bad interpreter(%s): No such file or directory\n' \
      "$SLURMD_NODENAME" "${SARRAY_SHEBANG:-${SARRAY_RUN#./}${SARRAY_OPTION[0]+ ${SARRAY_OPTION[0]}}}" >&2
    exit 2
  elif [[ -d $SARRAY_RUN || ! -x $SARRAY_RUN ]]; then
    printf 'slurmstepd-%s: error: execve(): %s: Permission denied\n' "$SLURMD_NODENAME" "${SARRAY_SHEBANG:-$SARRAY_RUN${SARRAY_OPTION[0]+ ${SARRAY_OPTION[0]}}}" >&2
    exit 13
  fi
}

# What the node's login environment says where bash has put its own: the first words of the environment that Slurm gave.
SARRAY_keep_login() {
  local SARRAY_ENTRY
  while IFS= read -r -d '' SARRAY_ENTRY; do
    case $SARRAY_ENTRY in
      PWD=*) SARRAY_LATE=("$SARRAY_ENTRY" ${SARRAY_LATE[@]+"${SARRAY_LATE[@]}"}) ;;
      _=*) ((${#SARRAY_LAST[@]})) || SARRAY_LAST=("${SARRAY_ENTRY#_=}") ;;
    esac
  done </proc/$$/environ
}

SARRAY_set_ids() {
  local IFS=' '
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

SARRAY_FILE=$0
SARRAY_INDEX=$SLURM_ARRAY_TASK_ID
export SARRAY_ARRAY_JOB_ID=$SLURM_ARRAY_JOB_ID SARRAY_ARRAY_TASK_ID=$SLURM_ARRAY_TASK_ID
SARRAY_NEAR='' SARRAY_LOCAL='' SARRAY_IDS='' SARRAY_UNKNOWN='' SARRAY_DIRECTORY='' SARRAY_UMASK='' SARRAY_TRUNCATE='' SARRAY_APPEND=''
SARRAY_OPTION=() SARRAY_ARGUMENTS=() SARRAY_LIMITS=() SARRAY_SET=() SARRAY_UNSET=() SARRAY_LATE=() SARRAY_ENV=()
SARRAY_DROP=() SARRAY_LAST=() SARRAY_NAMES=() SARRAY_SHEBANG='' SARRAY_TRANSLATED=''

SARRAY_find_page
SARRAY_find_row
SARRAY_read_fields
SARRAY_open_script
[[ -z $SARRAY_UNKNOWN ]] || SARRAY_die "its record says '$SARRAY_UNKNOWN', which this dispatcher does not know"
[[ -z $SARRAY_IDS ]] || SARRAY_local_id "$SARRAY_IDS" "$SARRAY_NTH"
[[ -z ${SARRAY_LOGIN-} ]] || SARRAY_keep_login
SARRAY_prepare_files
SARRAY_check_start
SARRAY_set_ids
# noexec counts: then the next one in the PATH would be run, and hit others.
[[ -z $SARRAY_TRANSLATED || -x $SARRAY_TRANSLATE/scancel ]] ||
  SARRAY_die "it names Slurm's commands with its own ids, and $SARRAY_TRANSLATE, which translates them, cannot be run here"

for SARRAY_TEXT in ${SARRAY_LIMITS[@]+"${SARRAY_LIMITS[@]}"}; do ulimit -S -"${SARRAY_TEXT% *}" "${SARRAY_TEXT#* }" 2>/dev/null; done
SARRAY_COMMAND=("$SARRAY_RUN" ${SARRAY_OPTION[@]+"${SARRAY_OPTION[@]}"} "/proc/$$/fd/$SARRAY_FD"
  ${SARRAY_ARGUMENTS[@]+"${SARRAY_ARGUMENTS[@]}"})
if ((${#SARRAY_ENV[@]} + ${#SARRAY_DROP[@]} > 0)); then # names that bash cannot hold, or must not
  SARRAY_TEXT=/usr/bin/env
  [[ -x $SARRAY_TEXT ]] || SARRAY_TEXT=$(type -P env)
  SARRAY_COMMAND=("$SARRAY_TEXT" ${SARRAY_DROP[@]+"${SARRAY_DROP[@]}"} -- ${SARRAY_ENV[@]+"${SARRAY_ENV[@]}"} "${SARRAY_COMMAND[@]}")
fi
PATH=$SARRAY_PATH
for SARRAY_TEXT in ${SARRAY_UNSET[@]+"${SARRAY_UNSET[@]}"}; do unset -v "$SARRAY_TEXT"; done
for SARRAY_TEXT in ${SARRAY_SET[@]+"${SARRAY_SET[@]}"}; do export "$SARRAY_TEXT"; done
unset -v OLDPWD
if [[ -n $SARRAY_LOCALE ]]; then { LC_ALL=${SARRAY_LOCALE#x}; } 2>/dev/null; else unset -v LC_ALL; fi
for SARRAY_TEXT in ${SARRAY_LATE[@]+"${SARRAY_LATE[@]}"}; do
  if [[ $SARRAY_TEXT == @(LANG|LANGUAGE|LC_*)=* && -z ${SARRAY_LOGIN-} ]]; then
    SARRAY_HEAD=${SARRAY_TEXT%%=*}
    [[ -z ${!SARRAY_HEAD+x} ]] || continue # sbatch did not send it: the node's TaskProlog has set it, and has the last word
  fi
  export "$SARRAY_TEXT" 2>/dev/null
done
if [[ -n $SARRAY_TRANSLATED ]]; then # share/translate.bash
  export SARRAY_SELF="$SLURM_JOB_ID $SARRAY_ID $((SARRAY_INDEX - SARRAY_NTH)) ${SARRAY_IDS:--}"
  export PATH="$SARRAY_TRANSLATE:${PATH:-/usr/local/bin:/usr/bin:/bin}"
fi
if ((${#SARRAY_LAST[@]} > 0)); then
  _=${SARRAY_LAST[0]} exec "${SARRAY_COMMAND[@]}"
fi
exec "${SARRAY_COMMAND[@]}"
