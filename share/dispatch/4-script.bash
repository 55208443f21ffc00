# Writes the job's own script to the file that is run: complete, checked, and in a folder that nobody else can write to.
# shellcheck shell=bash disable=SC2034,SC2154

# Sets SARRAY_PLACE to the file that holds the job's script and can be executed. That is Slurm's own copy of this file, if it can be
# written: so $0, the process's name and the descriptors are as if the job had been submitted alone. A requeue gets a new copy from Slurm.
place_script() {
  local mark='---' next part
  # shellcheck disable=SC2206
  local IFS=' ' parts=($SARRAY_SCRIPT) # offset, length, checksum, and the length that it has when it is not escaped
  for part in "${parts[@]}"; do is_number "$part" 10 || parts=(); done
  ((${#parts[@]} == 3 || ${#parts[@]} == 4)) || damaged "its table has another form"
  SARRAY_SCRIPT_SUM="${parts[2]} ${parts[3]:-${parts[1]}}"
  # Includes the last byte of what is before it, and the beginning of what follows.
  read_bytes SARRAY_BYTES $((parts[0] - 1)) $((parts[1] + ${#mark} + 5))
  next=${SARRAY_BYTES:parts[1] + 1}
  [[ $SARRAY_BYTES == $'\n#!'* && ($next == "$mark"* || $next == $'\n'"$mark"* || $next == $' \n'"$mark"* || $next == page* || $next == $'\n'page* || $next == $' \n'page*) ]] ||
    damaged "the job's own script is not where it should be"
  SARRAY_BYTES=${SARRAY_BYTES:1:parts[1]}
  [[ -z ${parts[3]-} ]] || printf -v SARRAY_BYTES %b "$SARRAY_BYTES" # not of ASCII alone
  trap '' XFSZ                                                     # a file that must not grow is an error, and not the end
  SARRAY_PLACE=$SARRAY_FILE
  if ! is_slurms_copy || ! write_script; then write_elsewhere; fi
  trap - XFSZ
}

# Whether this file is the copy that slurmd made for this job (SPOOL/job00042/slurm_script, which belongs to the user), and not a file of
# the user's that somebody runs with bash.
is_slurms_copy() {
  local number=${SARRAY_FILE%/slurm_script}
  number=${number##*/job}
  [[ $SARRAY_FILE == */job"$number"/slurm_script && $number != *[!0-9]* && ${number#"${number%%[!0]*}"} == "$SLURM_JOB_ID" && -f $SARRAY_FILE && ! -L $SARRAY_FILE && -O $SARRAY_FILE && -w $SARRAY_FILE && -x $SARRAY_FILE ]]
}

# Writes the script to SARRAY_PLACE. The soft limit on a file's size is the job's, and does not limit what Slurm writes.
write_script() {
  # It begins with "#!", so it is no option of echo's, which writes all at once; printf would write each line.
  { echo -n "$SARRAY_BYTES" >"$SARRAY_PLACE"; } 2>/dev/null ||
    (ulimit -S -f hard && printf %s "$SARRAY_BYTES" >"$SARRAY_PLACE") 2>/dev/null
  is_whole
}

# Whether the page and the file SARRAY_PLACE are as they were written: the file is read back, and unless sarray itself has submitted it the
# page and the script are compared with their checksums. What was damaged before it came here ends the task.
is_whole() {
  local sums written
  [[ -f $SARRAY_PLACE && -O $SARRAY_PLACE ]] || return
  if [[ -n $SARRAY_TRUSTED ]]; then
    mapfile -n 1 -d '' written 2>/dev/null <"$SARRAY_PLACE"
    [[ ${written-} == "$SARRAY_BYTES" && ${#SARRAY_BYTES} == "${SARRAY_SCRIPT_SUM#* }" ]]
    return
  fi
  # One process for both; a long page is a file of bash's, which may be limited, too.
  sums=$(exec 2>/dev/null && ulimit -S -f hard && exec cksum - /dev/fd/3 3<"$SARRAY_PLACE" <<<"${SARRAY_PAGE%$'\n'}")
  [[ $sums != "$SARRAY_PAGE_SUM -"$'\n'"$SARRAY_SCRIPT_SUM /dev/fd/3" ]] || return 0
  [[ $(printf %s "$SARRAY_PAGE" | cksum) == "$SARRAY_PAGE_SUM" ]] || damaged "the checksum of its table does not match"
  [[ $(printf %s "$SARRAY_BYTES" | cksum) == "$SARRAY_SCRIPT_SUM" ]] || damaged "the checksum of the job's own script does not match"
  [[ $(exec cksum <"$SARRAY_PLACE" 2>/dev/null) == "$SARRAY_SCRIPT_SUM" ]]
}

# The same in a new private folder, for a file of the same name: a script may look for others beside itself (Python for modules, a shell
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
