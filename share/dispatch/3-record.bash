# Reads the task's record: its fields, each into a variable of its own.
# shellcheck shell=bash disable=SC2034,SC2154

# decode NAME TEXT: sets NAME to the text of a field of the table.
decode() {
  case $2 in
    '\-') printf -v "$1" %s '' ;;
    *\\*) printf -v "$1" %b "$2" ;;
    *) printf -v "$1" %s "$2" ;;
  esac
}

# Reads the fields: constant ones ("tag=value"), and those whose value is in the row ("tag~beginning").
read_record() {
  local field tag value beginning at=0 IFS=$'\t'
  local -a fields values all=()
  SARRAY_IDS='' SARRAY_ARRAY='' SARRAY_SCRIPT='' SARRAY_DIRECTORY='' SARRAY_UMASK='' SARRAY_TRANSLATED='' SARRAY_TRUNCATE='' SARRAY_APPEND=''
  SARRAY_ARGUMENTS=() SARRAY_LIMITS=() SARRAY_SET=() SARRAY_UNSET=() SARRAY_LATE=() SARRAY_ENV=() SARRAY_DROP=() SARRAY_LAST=() SARRAY_PATTERNS=()
  SARRAY_HIDDEN='' SARRAY_UNNAMED='' SARRAY_EARLIER=''
  SARRAY_JOB_NAME='' SARRAY_JOB_PATH=''
  SARRAY_UNKNOWN=''
  # shellcheck disable=SC2206
  fields=($SARRAY_SHAPE) values=($SARRAY_ROW)
  for field in "${fields[@]}"; do
    tag=${field%%[=~]*} beginning=''
    case ${field:${#tag}} in
      =*) value=${field:${#tag}+1} ;;
      *)
        beginning=${field:${#tag}+1} value=${values[at]-}
        at=$((at + 1))
        ;;
    esac
    if [[ $tag$beginning$value == *\\* ]]; then
      decode value "$value"
      decode beginning "$beginning"
      decode tag "$tag"
    fi
    all+=("$tag" "$beginning$value")
  done
  take_fields "${all[@]}"
}

# All fields in one call: bash copies a function each time that it calls it.
take_fields() { # TAG VALUE...
  while (($# > 0)); do
    case $1 in
      ids) SARRAY_IDS=$2 ;;
      array) SARRAY_ARRAY=$2 ;;
      script) SARRAY_SCRIPT=$2 ;;
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
      output | error | input) SARRAY_PATTERNS+=("$1" "$2") ;;
      hidden) SARRAY_HIDDEN=$2 ;;
      unnamed) SARRAY_UNNAMED=$2 ;;
      earlier) SARRAY_EARLIER=$2 ;;
      map:name) SARRAY_JOB_NAME=$2 ;;
      map:path) SARRAY_JOB_PATH=$2 ;;
      map:*) ;; # for sarray status and its kind
      *) SARRAY_UNKNOWN=$1 ;; # said once the record is known to be undamaged
    esac
    shift 2
  done
}

# Sets SARRAY_LOCAL to the task's id in its own job: the n-th of "0-4,7-11:2"; empty for a plain job.
find_local_id() {
  local range rest=$SARRAY_NTH first last step count IFS=,
  [[ -z $SARRAY_UNKNOWN ]] || die "its record says '$SARRAY_UNKNOWN', which this dispatcher does not know"
  SARRAY_LOCAL=''
  [[ -n $SARRAY_IDS ]] || return 0
  for range in $SARRAY_IDS; do
    step=1
    [[ $range == *:* ]] && step=${range#*:} range=${range%:*}
    first=${range%-*} last=${range#*-}
    count=$(((last - first) / step + 1))
    if ((rest < count)); then
      SARRAY_LOCAL=$((first + rest * step))
      return
    fi
    rest=$((rest - count))
  done
  die "no task $SARRAY_NTH in $SARRAY_IDS"
}
