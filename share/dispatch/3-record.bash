# Reads the task's record: its fields, each into a variable of its own.
# shellcheck shell=bash disable=SC2034,SC2154

SARRAY_IDS='' SARRAY_ARRAY='' SARRAY_SCRIPT='' SARRAY_DIRECTORY='' SARRAY_UMASK='' SARRAY_TRANSLATED='' SARRAY_TRUNCATE='' SARRAY_APPEND=''
SARRAY_ARGUMENTS=() SARRAY_LIMITS=() SARRAY_SET=() SARRAY_UNSET=() SARRAY_LATE=() SARRAY_ENV=() SARRAY_DROP=() SARRAY_LAST=() SARRAY_PATTERNS=()
SARRAY_HIDDEN='' SARRAY_UNNAMED='' SARRAY_EARLIER='' SARRAY_JOB_NAME='' SARRAY_JOB_PATH='' SARRAY_UNKNOWN=''

# Constant fields are "tag=value"; of others ("tag~beginning") the value's end is in the row.
SARRAY_AT=0 IFS=$'\t'
# shellcheck disable=SC2206
SARRAY_FIELDS=($SARRAY_SHAPE) SARRAY_VALUES=($SARRAY_ROW)
IFS=$' \t\n'
for SARRAY_PART in "${SARRAY_FIELDS[@]}"; do
  SARRAY_TAG=${SARRAY_PART%%[=~]*} SARRAY_END=''
  SARRAY_VALUE=${SARRAY_PART:${#SARRAY_TAG}+1}
  [[ ${SARRAY_PART:${#SARRAY_TAG}:1} == = ]] || SARRAY_END=${SARRAY_VALUES[SARRAY_AT++]-}
  if [[ $SARRAY_PART$SARRAY_END == *\\* ]]; then
    [[ $SARRAY_VALUE != '\-' ]] || SARRAY_VALUE='' # that is how an empty text is written
    [[ $SARRAY_END != '\-' ]] || SARRAY_END=''
    printf -v SARRAY_VALUE %b "$SARRAY_VALUE"
    printf -v SARRAY_END %b "$SARRAY_END"
    printf -v SARRAY_TAG %b "$SARRAY_TAG"
  fi
  SARRAY_VALUE+=$SARRAY_END
  case $SARRAY_TAG in
    ids) SARRAY_IDS=$SARRAY_VALUE ;;
    array) SARRAY_ARRAY=$SARRAY_VALUE ;;
    script) SARRAY_SCRIPT=$SARRAY_VALUE ;;
    arg) SARRAY_ARGUMENTS+=("$SARRAY_VALUE") ;;
    dir) SARRAY_DIRECTORY=$SARRAY_VALUE ;;
    umask) SARRAY_UMASK=$SARRAY_VALUE ;;
    translate) SARRAY_TRANSLATED=$SARRAY_VALUE ;;
    limit) SARRAY_LIMITS+=("$SARRAY_VALUE") ;;
    set:*) SARRAY_SET+=("${SARRAY_TAG#set:}=$SARRAY_VALUE") ;;
    unset:*) SARRAY_UNSET+=("${SARRAY_TAG#unset:}") ;;
    late:*) SARRAY_LATE+=("${SARRAY_TAG#late:}=$SARRAY_VALUE") ;;
    env:*) SARRAY_ENV+=("${SARRAY_TAG#env:}=$SARRAY_VALUE") ;;
    drop:*) SARRAY_DROP+=(-u "${SARRAY_TAG#drop:}") ;;
    last) SARRAY_LAST=("$SARRAY_VALUE") ;;
    truncate) SARRAY_TRUNCATE=$SARRAY_VALUE ;;
    append) SARRAY_APPEND=$SARRAY_VALUE ;;
    output | error | input) SARRAY_PATTERNS+=("$SARRAY_TAG" "$SARRAY_VALUE") ;;
    hidden) SARRAY_HIDDEN=$SARRAY_VALUE ;;
    unnamed) SARRAY_UNNAMED=$SARRAY_VALUE ;;
    earlier) SARRAY_EARLIER=$SARRAY_VALUE ;;
    map:name) SARRAY_JOB_NAME=$SARRAY_VALUE ;;
    map:path) SARRAY_JOB_PATH=$SARRAY_VALUE ;;
    map:*) ;; # for sarray status and its kind
    *) SARRAY_UNKNOWN=$SARRAY_TAG ;; # said once the record is known to be undamaged
  esac
done
