# Finds the task's record: its page in the table by bisection, its row in the page. Nothing else of the data is read, so that the cost
# of a task does not grow with the number of jobs.
# shellcheck shell=bash disable=SC2034,SC2154

# page_entry N: sets the caller's first_index and offset to the N-th line of the list of pages.
page_entry() {
  local line_length=21 line
  line=${SARRAY_PAGES:$1 * line_length:line_length - 1}
  first_index=$((10#${line% *})) offset=$((10#${line#* }))
}

# number_entry TEXT N: sets the caller's number to the N-th line of a list of numbers.
number_entry() {
  local line_length=11
  number=$((10#${1:$2 * line_length:line_length - 1}))
}

# is_number TEXT MAX_DIGITS: whether it is a number as sarray writes it. (A regular expression costs more than all the rest.)
is_number() {
  [[ $1 == [1-9]* || $1 == 0 ]] && [[ $1 != *[!0-9]* && ${#1} -le $2 ]]
}

# read_bytes NAME OFFSET LENGTH: sets NAME to bytes of the data. A small file, or the beginning of a large one, is read by bash itself
# and kept, which is cheaper than a process (mapfile's -d came with bash 4.4, and is four times as fast as read). What is far is read by
# dd, so that the cost does not grow with the number of jobs.
read_bytes() {
  local small_file=262144 beginning=65536 bytes='' begin=$((10#$SARRAY_DATA + $2)) first_index offset
  page_entry "$SARRAY_PAGE_COUNT"
  if [[ -n $SARRAY_PIECES ]]; then
    unpack_bytes "$2" "$3"
  elif ((10#$SARRAY_DATA + offset <= small_file && BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
    [[ -n $SARRAY_NEAR ]] || mapfile -n 1 -d '' SARRAY_NEAR <"$SARRAY_FILE"
    bytes=${SARRAY_NEAR:begin:$3}
  elif ((begin + $3 <= beginning)); then
    ((${#SARRAY_NEAR} >= begin + $3)) || IFS= read -r -d '' -N $((begin + $3)) SARRAY_NEAR <"$SARRAY_FILE" || :
    bytes=${SARRAY_NEAR:begin:$3}
  else
    seek_bytes "$begin" "$3"
  fi
  ((${#bytes} == $3)) || die "the batch script is cut short, or dd failed"
  printf -v "$1" %s "$bytes"
}

# seek_bytes BEGIN LENGTH: sets the caller's bytes to those of the file.
seek_bytes() {
  local lost
  bytes=$(exec dd if="$SARRAY_FILE" bs=65536 iflag=skip_bytes,count_bytes skip="$1" count="$2" 2>/dev/null)
  if ((${#bytes} > 0 && ${#bytes} < $2)); then
    # Newlines at the end are lost on the way; whether they were newlines is for the checksum to say.
    printf -v lost '%*s' $(($2 - ${#bytes})) ''
    bytes+=${lost// /$'\n'}
  fi
}

# unpack_bytes OFFSET LENGTH: sets the caller's bytes to those of the data. Only the pieces that hold them are unpacked.
unpack_bytes() {
  local piece=65536 number from to first last
  first=$(($1 / piece)) last=$((($1 + $2 - 1) / piece))
  number_entry "$SARRAY_PIECES" "$first"
  from=$number
  number_entry "$SARRAY_PIECES" $((last + 1))
  to=$number
  bytes=$(
    dd if="$SARRAY_FILE" bs=65536 iflag=skip_bytes,count_bytes skip=$((10#$SARRAY_DATA + from)) count=$((to - from)) 2>/dev/null |
      base64 -d 2>/dev/null | gzip -dc 2>/dev/null
    printf . # keeps the newlines at the end
  )
  bytes=${bytes:$1 - first * piece:$2}
}

# Sets SARRAY_PAGE to the page that holds the task's index, SARRAY_PAGE_SUM to "CHECKSUM LENGTH" of it, as cksum prints them, and
# SARRAY_PAGE_END to the first index after it.
find_page() {
  local first_index offset number low=0 high middle begin
  SARRAY_NEAR='' SARRAY_PAGE_COUNT=$((${#SARRAY_PAGES} / 21 - 1))
  high=$((SARRAY_PAGE_COUNT - 1))
  while ((low < high)); do
    middle=$(((low + high + 1) / 2))
    page_entry "$middle"
    if ((first_index <= SARRAY_INDEX)); then low=$middle; else high=$((middle - 1)); fi
  done
  page_entry "$low"
  begin=$offset
  page_entry $((low + 1))
  SARRAY_PAGE_END=$first_index
  number_entry "$SARRAY_SUMS" "$low"
  SARRAY_PAGE_SUM="$number $((offset - begin))"
  # Includes the last byte of what is before it.
  read_bytes SARRAY_PAGE $((begin - 1)) $((offset - begin + 1))
  [[ $SARRAY_PAGE == $'\n'*$'\n' ]] || damaged "a page of its table is not where it should be"
  SARRAY_PAGE=${SARRAY_PAGE:1}
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
