# The rest of the dispatcher: what few tasks need.
#
# What sarray writes above the dispatcher:
#   SARRAY_FORMAT  the version of the table
#   SARRAY_RELEASE Slurm's release, 2211 for 22.11
#   SARRAY_FILE_NAMES "task": %A and %a in the names of output files are the task's own ids; "slurm": the ids that squeue shows
#   SARRAY_LINKS   the folder of the links to the tasks' output files, or empty; they are for sarray's own submission alone
#   SARRAY_SCRATCH the submission's folder on the login node, used if it can be seen here and Slurm's file cannot be written
#                  its name is the submission's, and SLURM_SARRAY in the environment says the same if sarray itself has submitted this file
#   SARRAY_TRANSLATE the folder of the translator of ids, if a job needs it
#   SARRAY_PIECES  empty; or, if the data is packed in pieces (gzip, base64), one line for each with its offset (10 digits); the last
#                  line has their end
#   SARRAY_TABLE   the offset of the table in the data, which is the length of the scripts
#   SARRAY_END     the offset of its end
#   SARRAY_REST    the offset of the dispatcher's rest in this file, in bytes
#   SARRAY_DATA    the offset of the data
# After the rest there are
#   SARRAY_PAGES   one line for each page of the table: first index (9 digits), offset (10 digits); the last line has both ends
#   SARRAY_SUMS    one line for each page: its checksum (cksum, 10 digits)
# A form feed stands before the rest, after it, after these lists, between the scripts and the table, and after the table.
# shellcheck shell=bash disable=SC2034,SC2154

# number_entry TEXT N: sets the caller's number to the N-th line of a list of numbers.
number_entry() {
  local line_length=11
  number=$((10#${1:$2 * line_length:line_length - 1}))
}

# unpack_bytes OFFSET LENGTH: sets SARRAY_BYTES to those of the data. Only the pieces that hold them are unpacked.
unpack_bytes() {
  local piece=65536 number from to first last
  first=$(($1 / piece)) last=$((($1 + $2 - 1) / piece))
  number_entry "$SARRAY_PIECES" "$first"
  from=$number
  number_entry "$SARRAY_PIECES" $((last + 1))
  to=$number
  SARRAY_BYTES=$(
    dd if="$SARRAY_FILE" bs=65536 iflag=skip_bytes,count_bytes skip=$((10#$SARRAY_DATA + from)) count=$((to - from)) 2>/dev/null |
      base64 -d 2>/dev/null | gzip -dc 2>/dev/null
    printf . # keeps the newlines at the end
  )
  SARRAY_BYTES=${SARRAY_BYTES:$1 - first * piece:$2}
}

# Whether page, script and the file that was written have the checksums that they should have.
has_right_sums() {
  local sums number page_sum
  number_entry "${SARRAY_NEAR[1]:50 + SARRAY_LISTED * 21}" "$SARRAY_LOW"
  page_sum="$number ${#SARRAY_PAGE}" # as cksum prints it
  # One process for both; a long page is a file of bash's, which may be limited, too.
  sums=$(exec 2>/dev/null && ulimit -S -f hard && exec cksum - /dev/fd/3 3<"$SARRAY_PLACE" <<<"${SARRAY_PAGE%$'\n'}")
  [[ $sums != "$page_sum -"$'\n'"$SARRAY_SCRIPT_SUM /dev/fd/3" ]] || return 0
  [[ $(printf %s "$SARRAY_PAGE" | cksum) == "$page_sum" ]] || damaged "the checksum of its table does not match"
  [[ $(printf %s "$SARRAY_BYTES" | cksum) == "$SARRAY_SCRIPT_SUM" ]] || damaged "the checksum of the job's own script does not match"
  [[ $(exec cksum <"$SARRAY_PLACE" 2>/dev/null) == "$SARRAY_SCRIPT_SUM" ]]
}

# Writes the script into a new private folder, to a file of the same name: a script may look for others beside itself (Python for modules, a shell
# script for what it sources), and must not be led into /tmp, which others fill. It stays as long as the task may want it.
write_elsewhere() {
  local folder
  for folder in "$SARRAY_SCRATCH" "${TMPDIR-}" /tmp /var/tmp /dev/shm; do
    # Sticky, or the user's own: in other folders others could rename what is made there.
    [[ -d $folder && -w $folder && (-k $folder || -O $folder) ]] || continue
    folder=$(exec mktemp -d "$folder/sarray-$SLURM_JOB_ID.XXXXXXXXXX" 2>/dev/null) || continue
    SARRAY_PLACE=$folder/slurm_script
    if { : >"$SARRAY_PLACE" && chmod 0700 -- "$SARRAY_PLACE" && [[ -x $SARRAY_PLACE ]]; } 2>/dev/null && write_script; then return; fi
    rm -rf -- "$folder"
  done
  die "its script could not be written and checked: no folder to write to (tried $SARRAY_SCRATCH, TMPDIR, /tmp, /var/tmp, /dev/shm)"
}
