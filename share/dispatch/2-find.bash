# Reads the file's parts, and finds the task's record: its page in the table by bisection, its row in the page. The cost of a task does not
# grow with the number of jobs: what is far from the beginning of the file is read from a file of its own, or by a process.
# shellcheck shell=bash disable=SC2034,SC2154

# seek_bytes BEGIN LENGTH: sets SARRAY_BYTES to those of the file. The last of them is never a newline, which would be lost.
seek_bytes() {
  SARRAY_BYTES=$(exec -c dd if="$SARRAY_FILE" bs=65536 iflag=skip_bytes,count_bytes skip="$1" count="$2" 2>/dev/null)
  ((${#SARRAY_BYTES} == $2)) || cut_short
}

cut_short() {
  die "the batch script is cut short, or dd failed"
}

# read_bytes OFFSET LENGTH: sets SARRAY_BYTES to bytes of the data, and SARRAY_BEFORE and SARRAY_AFTER to the byte before them, and to up
# to four bytes after them.
read_bytes() {
  local part=2 at=$(($1 + ${#SARRAY_GAP}))
  (($1 < SARRAY_TABLE)) || part=3 at=$(($1 - SARRAY_TABLE))
  if [[ -z ${SARRAY_NEAR[part]+x} ]]; then
    if [[ -n $SARRAY_PIECES ]]; then rest unpack_bytes $(($1 - 1)) $(($2 + 5)); else seek_bytes $((10#$SARRAY_DATA + $1 - 1)) $(($2 + 5)); fi
    SARRAY_BEFORE=${SARRAY_BYTES:0:1} SARRAY_AFTER=${SARRAY_BYTES:$2 + 1} SARRAY_BYTES=${SARRAY_BYTES:1:$2}
  else
    SARRAY_BEFORE=$'\f' SARRAY_BYTES=${SARRAY_NEAR[part]:at:$2} SARRAY_AFTER=${SARRAY_NEAR[part]:at + $2:4}
    ((at == 0)) || SARRAY_BEFORE=${SARRAY_NEAR[part]:at - 1:1}
  fi
  ((${#SARRAY_BYTES} == $2)) || cut_short
}

# SARRAY_NEAR: those parts of the file that bash reads in less time than a process takes to start, each with the form feed that ends it:
# the dispatcher's rest, always, since it is read before the file is written over; the list of pages; the scripts; the table.
SARRAY_NEAR=() SARRAY_COUNT=2 SARRAY_GAP=$'\nexit 125\n' # before the data
SARRAY_LENGTH=$((10#$SARRAY_DATA - ${#SARRAY_GAP} - 10#$SARRAY_REST))
[[ -n $SARRAY_PIECES || $SARRAY_TABLE -gt 131072 ]] || SARRAY_COUNT=$((SARRAY_END > 131072 ? 3 : 4))
if ((SARRAY_VERSION >= 404)); then
  mapfile -s 1 -n "$SARRAY_COUNT" -d $'\f' SARRAY_NEAR <"$SARRAY_FILE"
else # it takes four times as long
  while ((${#SARRAY_NEAR[@]} <= SARRAY_COUNT)) && IFS= read -r -d $'\f' SARRAY_PART; do SARRAY_NEAR+=("$SARRAY_PART"$'\f'); done <"$SARRAY_FILE"
  SARRAY_NEAR=("${SARRAY_NEAR[@]:1}")
fi
# A script, or an option of the array, may hold a form feed itself: then all from there on is read by a process.
((${#SARRAY_NEAR[3]} == SARRAY_END - SARRAY_TABLE + 1)) || unset -v 'SARRAY_NEAR[3]'
((${#SARRAY_NEAR[2]} == ${#SARRAY_GAP} + SARRAY_TABLE)) || unset -v 'SARRAY_NEAR[2]' 'SARRAY_NEAR[3]'
if ((${#SARRAY_NEAR[0]} + ${#SARRAY_NEAR[1]} != SARRAY_LENGTH)); then
  seek_bytes $((10#$SARRAY_REST)) "$SARRAY_LENGTH"
  SARRAY_NEAR=("${SARRAY_BYTES%%$'\f'*}"$'\f' "${SARRAY_BYTES#*$'\f'}")
fi

# SARRAY_LOW: the page that holds the task's index. The list has a line of 21 bytes for each page (after SARRAY_PAGES='), and one that has
# both ends; then one of 11 bytes for each, its checksum. The page is guessed, then looked for.
SARRAY_LISTED=$(((${#SARRAY_NEAR[1]} - 53) / 32))
SARRAY_LOW=$(((SARRAY_INDEX - SLURM_ARRAY_TASK_MIN) * SARRAY_LISTED / (SLURM_ARRAY_TASK_MAX - SLURM_ARRAY_TASK_MIN + 1)))
((SARRAY_LOW >= 0 && SARRAY_LOW < SARRAY_LISTED)) || SARRAY_LOW=0
SARRAY_PART=${SARRAY_NEAR[1]:SARRAY_LOW * 21 + 14:42}
SARRAY_DIGITS=${SARRAY_PART//[!0-9]/}
[[ ${#SARRAY_PART} == 42 && ${#SARRAY_DIGITS} == 38 ]] || damaged "its list of pages is not where it should be"
if ((10#${SARRAY_PART:0:9} > SARRAY_INDEX || 10#${SARRAY_PART:21:9} <= SARRAY_INDEX)); then
  SARRAY_LOW=0 SARRAY_HIGH=$((SARRAY_LISTED - 1))
  while ((SARRAY_LOW < SARRAY_HIGH)); do
    SARRAY_AT=$(((SARRAY_LOW + SARRAY_HIGH + 1) / 2))
    if ((10#${SARRAY_NEAR[1]:SARRAY_AT * 21 + 14:9} <= SARRAY_INDEX)); then SARRAY_LOW=$SARRAY_AT; else SARRAY_HIGH=$((SARRAY_AT - 1)); fi
  done
  SARRAY_PART=${SARRAY_NEAR[1]:SARRAY_LOW * 21 + 14:42}
fi
SARRAY_HIGH=$((10#${SARRAY_PART:21:9})) SARRAY_BEGIN=$((10#${SARRAY_PART:10:10})) # the first index after it; its place
SARRAY_LENGTH=$((10#${SARRAY_PART:31:10} - SARRAY_BEGIN))

# In sarray's own submission the pages of a large table stand in files of eight, too, which bash reads in less time than a process takes to
# start. If the submission's folder cannot be read here, or such a file is not as long as it should be, the page is read from this file.
if [[ -n $SARRAY_TRUSTED && -z ${SARRAY_NEAR[3]+x} ]]; then
  SARRAY_AT=$((SARRAY_LOW / 8 * 8)) SARRAY_LINES=()
  { mapfile -n 1 -d $'\f' SARRAY_LINES <"$SARRAY_SCRATCH/pages/$((SARRAY_LOW / 8))"; } 2>/dev/null
  SARRAY_COUNT=$((10#${SARRAY_NEAR[1]:SARRAY_AT * 21 + 24:10})) SARRAY_AT=$((SARRAY_AT + 8 < SARRAY_LISTED ? SARRAY_AT + 8 : SARRAY_LISTED))
  SARRAY_PART=${SARRAY_LINES[0]-}
  if ((${#SARRAY_PART} == 10#${SARRAY_NEAR[1]:SARRAY_AT * 21 + 24:10} - SARRAY_COUNT + 1)); then
    SARRAY_NEAR[3]=$SARRAY_PART SARRAY_TABLE=$SARRAY_COUNT
  fi
fi
read_bytes "$SARRAY_BEGIN" "$SARRAY_LENGTH"
SARRAY_PAGE=$SARRAY_BYTES
[[ $SARRAY_BEFORE == [$'\n\f'] && ${SARRAY_PAGE:0:5} == 'page ' && ${SARRAY_PAGE: -1} == $'\n' && ($SARRAY_AFTER == page || $SARRAY_AFTER == $'\f'*) ]] ||
  damaged "a page of its table is not where it should be"

# SARRAY_ROW: the values of the task's record; SARRAY_SHAPE: its fields; SARRAY_NTH: which task of its job; SARRAY_ID.
# The page's checksum is only known later, with the script's (one process for both): until then its text is taken for numbers only if
# it is made of digits.
IFS=$'\n'
# shellcheck disable=SC2206
SARRAY_LINES=($SARRAY_PAGE)
IFS=$' \t\n'
SARRAY_PART=${SARRAY_LINES[0]#page } SARRAY_SHAPES=()
SARRAY_FIRST=${SARRAY_PART% *} SARRAY_ID=${SARRAY_PART#* }
[[ -n $SARRAY_FIRST && -n $SARRAY_ID && $SARRAY_FIRST$SARRAY_ID != *[!0-9]* && ${#SARRAY_PART} -le 20 ]] || damaged "its table has another form"
SARRAY_FIRST=$((10#$SARRAY_FIRST)) SARRAY_ID=$((10#$SARRAY_ID - 1)) SARRAY_AT=1
while [[ ${SARRAY_LINES[SARRAY_AT]-} == =* ]]; do
  SARRAY_PART=${SARRAY_LINES[SARRAY_AT]%%$'\t'*}
  [[ $SARRAY_PART == =[1-9]* && ${SARRAY_PART#=} != *[!0-9]* ]] || damaged "its table has another form"
  SARRAY_SHAPES[${SARRAY_PART#=}]=${SARRAY_LINES[SARRAY_AT]#"$SARRAY_PART"}
  SARRAY_AT=$((SARRAY_AT + 1))
done
# If there are as many rows as tasks, each with the next id, the row's place is known without a walk.
if ((${#SARRAY_LINES[@]} - SARRAY_AT == SARRAY_HIGH - SARRAY_FIRST)) && [[ $SARRAY_PAGE != *@* ]]; then
  SARRAY_COUNT=$((SARRAY_INDEX - SARRAY_FIRST))
  SARRAY_AT=$((SARRAY_AT + SARRAY_COUNT)) SARRAY_ID=$((SARRAY_ID + SARRAY_COUNT)) SARRAY_FIRST=$SARRAY_INDEX
fi
SARRAY_NTH=''
for SARRAY_ROW in "${SARRAY_LINES[@]:SARRAY_AT}"; do
  SARRAY_PART=${SARRAY_ROW%%$'\t'*} SARRAY_ID=$((SARRAY_ID + 1)) SARRAY_COUNT=1
  if [[ $SARRAY_PART == *[!0-9]* ]]; then
    [[ $SARRAY_PART =~ ^([1-9][0-9]*)(\*([1-9][0-9]{0,8}))?(@([1-9][0-9]{0,9}))?$ ]] || damaged "its table has another form"
    SARRAY_PART=${BASH_REMATCH[1]} SARRAY_COUNT=${BASH_REMATCH[3]:-1} SARRAY_ID=${BASH_REMATCH[5]:-$SARRAY_ID}
  fi
  if ((SARRAY_INDEX < SARRAY_FIRST + SARRAY_COUNT)); then
    [[ $SARRAY_PART == [1-9]* && -n ${SARRAY_SHAPES[SARRAY_PART]+x} ]] || damaged "its table has another form"
    SARRAY_NTH=$((SARRAY_INDEX - SARRAY_FIRST)) SARRAY_SHAPE=${SARRAY_SHAPES[SARRAY_PART]} SARRAY_ROW=${SARRAY_ROW#*$'\t'}
    break
  fi
  SARRAY_FIRST=$((SARRAY_FIRST + SARRAY_COUNT))
done
[[ -n $SARRAY_NTH ]] || die "no record of its index"
