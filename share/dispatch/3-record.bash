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

# Reads the fields: constant ones ("tag=value"), and those whose value is in the row ("tag~beginning"). All of them in one function, since
# bash copies a function each time that it calls it.
read_record() {
  local field tag value end length at=0 escaped='' IFS=$'\t'
  local -a fields values
  SARRAY_IDS='' SARRAY_ARRAY='' SARRAY_SCRIPT='' SARRAY_DIRECTORY='' SARRAY_UMASK='' SARRAY_TRANSLATED='' SARRAY_TRUNCATE='' SARRAY_APPEND=''
  SARRAY_ARGUMENTS=() SARRAY_LIMITS=() SARRAY_SET=() SARRAY_UNSET=() SARRAY_LATE=() SARRAY_ENV=() SARRAY_DROP=() SARRAY_LAST=() SARRAY_PATTERNS=()
  SARRAY_HIDDEN='' SARRAY_UNNAMED='' SARRAY_EARLIER=''
  SARRAY_JOB_NAME='' SARRAY_JOB_PATH=''
  SARRAY_UNKNOWN=''
  # shellcheck disable=SC2206
  fields=($SARRAY_SHAPE) values=($SARRAY_ROW)
  [[ $SARRAY_SHAPE$SARRAY_ROW != *\\* ]] || escaped=yes
  for field in "${fields[@]}"; do
    tag=${field%%[=~]*} end=''
    length=${#tag} value=${field:${#tag}+1}
    if [[ ${field:length:1} != '=' ]]; then
      end=${values[at]-}
      at=$((at + 1))
    fi
    if [[ -n $escaped ]]; then
      decode tag "$tag"
      decode value "$value"
      decode end "$end"
    fi
    value+=$end
    case $tag in
      ids) SARRAY_IDS=$value ;;
      array) SARRAY_ARRAY=$value ;;
      script) SARRAY_SCRIPT=$value ;;
      arg) SARRAY_ARGUMENTS+=("$value") ;;
      dir) SARRAY_DIRECTORY=$value ;;
      umask) SARRAY_UMASK=$value ;;
      translate) SARRAY_TRANSLATED=$value ;;
      limit) SARRAY_LIMITS+=("$value") ;;
      set:*) SARRAY_SET+=("${tag#set:}=$value") ;;
      unset:*) SARRAY_UNSET+=("${tag#unset:}") ;;
      late:*) SARRAY_LATE+=("${tag#late:}=$value") ;;
      env:*) SARRAY_ENV+=("${tag#env:}=$value") ;;
      drop:*) SARRAY_DROP+=(-u "${tag#drop:}") ;;
      last) SARRAY_LAST=("$value") ;;
      truncate) SARRAY_TRUNCATE=$value ;;
      append) SARRAY_APPEND=$value ;;
      output | error | input) SARRAY_PATTERNS+=("$tag" "$value") ;;
      hidden) SARRAY_HIDDEN=$value ;;
      unnamed) SARRAY_UNNAMED=$value ;;
      earlier) SARRAY_EARLIER=$value ;;
      map:name) SARRAY_JOB_NAME=$value ;;
      map:path) SARRAY_JOB_PATH=$value ;;
      map:*) ;; # for sarray status and its kind
      *) SARRAY_UNKNOWN=$tag ;; # said once the record is known to be undamaged
    esac
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
