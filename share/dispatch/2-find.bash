# Reads the file's parts, and finds the task's record: its page in the table by bisection, its row in the page. The cost of a task does not
# grow with the number of jobs: what is far from the beginning of the file is read by a process, the rest by bash itself.
# shellcheck shell=bash disable=SC2034,SC2154

# is_number TEXT MAX_DIGITS: whether it is a number as sarray writes it. (A regular expression costs more than all the rest.)
is_number() {
  [[ $1 == [1-9]* || $1 == 0 ]] && [[ $1 != *[!0-9]* && ${#1} -le $2 ]]
}

# Sets SARRAY_NEAR to those parts of the file that bash reads in less time than a process takes to start, each with the form feed that
# ends it: the dispatcher's rest, always, since it is read before the file is written over; the scripts; the table.
# Sets SARRAY_TABLE to the offset of the table in the data, which is the length of the scripts.
read_parts() {
  local near=131072 end=$((10#${SARRAY_PAGES: -11:10})) begin=$((10#$SARRAY_REST)) data=$((10#$SARRAY_DATA)) count=1 part bytes
  SARRAY_NEAR=() SARRAY_TABLE=$((10#${SARRAY_PAGES:10:10})) SARRAY_GAP=$'\nexit 125\n' # before the data
  [[ -n $SARRAY_PIECES || $SARRAY_TABLE -gt near ]] || count=$((end > near ? 2 : 3))
  if ((SARRAY_VERSION >= 404)); then
    mapfile -s 1 -n "$count" -d $'\f' SARRAY_NEAR <"$SARRAY_FILE"
  else # it takes four times as long
    while ((${#SARRAY_NEAR[@]} <= count)) && IFS= read -r -d $'\f' part; do SARRAY_NEAR+=("$part"$'\f'); done <"$SARRAY_FILE"
    SARRAY_NEAR=("${SARRAY_NEAR[@]:1}")
  fi
  # A script, or an option of the array, may hold a form feed itself: then all from there on is read by a process.
  ((${#SARRAY_NEAR[2]} == end - SARRAY_TABLE + 1)) || unset -v 'SARRAY_NEAR[2]'
  ((${#SARRAY_NEAR[1]} == ${#SARRAY_GAP} + SARRAY_TABLE)) || unset -v 'SARRAY_NEAR[1]' 'SARRAY_NEAR[2]'
  if ((${#SARRAY_NEAR[0]} != data - ${#SARRAY_GAP} - begin)); then
    seek_bytes "$begin" $((data - ${#SARRAY_GAP} - begin))
    SARRAY_NEAR=("$bytes")
  fi
}

# read_bytes OFFSET LENGTH: sets SARRAY_BYTES to bytes of the data, and the caller's before and after to the byte before them, and to up to
# four bytes after them.
read_bytes() {
  local part=1 at=$(($1 + ${#SARRAY_GAP})) bytes
  (($1 < SARRAY_TABLE)) || part=2 at=$(($1 - SARRAY_TABLE))
  if [[ -n $SARRAY_PIECES || -z ${SARRAY_NEAR[part]+x} ]]; then
    if [[ -n $SARRAY_PIECES ]]; then rest unpack_bytes $(($1 - 1)) $(($2 + 5)); else seek_bytes $((10#$SARRAY_DATA + $1 - 1)) $(($2 + 5)); fi
    before=${bytes:0:1} SARRAY_BYTES=${bytes:1:$2} after=${bytes:$2 + 1}
  else
    before=$'\f' SARRAY_BYTES=${SARRAY_NEAR[part]:at:$2} after=${SARRAY_NEAR[part]:at + $2:4}
    ((at == 0)) || before=${SARRAY_NEAR[part]:at - 1:1}
  fi
  ((${#SARRAY_BYTES} == $2)) || cut_short
}

# seek_bytes BEGIN LENGTH: sets the caller's bytes to those of the file. The last of them is never a newline, which would be lost.
seek_bytes() {
  bytes=$(exec dd if="$SARRAY_FILE" bs=65536 iflag=skip_bytes,count_bytes skip="$1" count="$2" 2>/dev/null)
  ((${#bytes} == $2)) || cut_short
}

cut_short() {
  die "the batch script is cut short, or dd failed"
}

# Sets SARRAY_PAGE to the page that holds the task's index, SARRAY_PAGE_SUM to "CHECKSUM LENGTH" of it, as cksum prints them, and
# SARRAY_PAGE_END to the first index after it.
find_page() {
  local line=21 sum_line=11 low=0 high middle begin end before after
  high=$((${#SARRAY_PAGES} / line - 2)) # the last line has both ends
  while ((low < high)); do
    middle=$(((low + high + 1) / 2))
    if ((10#${SARRAY_PAGES:middle * line:9} <= SARRAY_INDEX)); then low=$middle; else high=$((middle - 1)); fi
  done
  begin=$((10#${SARRAY_PAGES:low * line + 10:10})) end=$((10#${SARRAY_PAGES:(low + 1) * line + 10:10}))
  SARRAY_PAGE_END=$((10#${SARRAY_PAGES:(low + 1) * line:9}))
  SARRAY_PAGE_SUM="$((10#${SARRAY_SUMS:low * sum_line:sum_line - 1})) $((end - begin))"
  read_bytes "$begin" $((end - begin))
  SARRAY_PAGE=$SARRAY_BYTES
  [[ $before == [$'\n\f'] && ${SARRAY_PAGE:0:5} == 'page ' && ${SARRAY_PAGE: -1} == $'\n' && ($after == page || $after == $'\f'*) ]] ||
    damaged "a page of its table is not where it should be"
}

# Sets SARRAY_ROW (the values of the task's record), SARRAY_SHAPE (its fields), SARRAY_NTH (which task of its job) and SARRAY_ID.
# The page's checksum is only known later, with the script's (one process for both): until then its text is taken for numbers only if
# it is made of digits.
find_row() {
  local line head count first at=1 IFS=$'\n' form="its table has another form"
  local -a lines shapes
  # shellcheck disable=SC2206
  lines=($SARRAY_PAGE)
  line=${lines[0]-}
  first=${line#page } SARRAY_ID=${line##* }
  first=${first%" $SARRAY_ID"}
  [[ $line == page\ * ]] && is_number "$first" 9 && is_number "$SARRAY_ID" 10 || damaged "$form"
  SARRAY_ID=$((SARRAY_ID - 1))
  while [[ ${lines[at]-} == =* ]]; do
    line=${lines[at]}
    head=${line%%$'\t'*}
    [[ $head == =[1-9]* && ${head#=} != *[!0-9]* ]] || damaged "$form"
    shapes[${head#=}]=${line#"$head"}
    at=$((at + 1))
  done
  # If there are as many rows as tasks, each with the next id, the row's place is known without a walk.
  if ((${#lines[@]} - at == SARRAY_PAGE_END - first)) && [[ $SARRAY_PAGE != *@* ]]; then
    count=$((SARRAY_INDEX - first))
    at=$((at + count)) SARRAY_ID=$((SARRAY_ID + count)) first=$SARRAY_INDEX
  fi
  for line in "${lines[@]:at}"; do
    head=${line%%$'\t'*}
    SARRAY_ID=$((SARRAY_ID + 1)) count=1
    if [[ $head == *[!0-9]* ]]; then
      [[ $head =~ ^([1-9][0-9]*)(\*([1-9][0-9]{0,8}))?(@([1-9][0-9]{0,9}))?$ ]] || damaged "$form"
      head=${BASH_REMATCH[1]} count=${BASH_REMATCH[3]:-1} SARRAY_ID=${BASH_REMATCH[5]:-$SARRAY_ID}
    fi
    if ((SARRAY_INDEX < first + count)); then
      SARRAY_NTH=$((SARRAY_INDEX - first))
      [[ $head == [1-9]* && -n ${shapes[head]+x} ]] || damaged "$form"
      SARRAY_SHAPE=${shapes[head]}
      SARRAY_ROW=${line#*$'\t'}
      return
    fi
    first=$((first + count))
  done
  die "no record of its index"
}
