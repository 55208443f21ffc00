# Writes the job's own script to the file that is run: complete, checked, and in a folder that nobody else can write to.
# shellcheck shell=bash disable=SC2034,SC2154

# Sets SARRAY_PLACE to the file that holds the job's script and can be executed. That is Slurm's own copy of this file, if it can be
# written: so $0, the process's name and the descriptors are as if the job had been submitted alone. A requeue gets a new copy from Slurm.
place_script() {
  # shellcheck disable=SC2206
  local IFS=' ' part parts=($SARRAY_SCRIPT) before after # offset, length, checksum, and the length that it has when it is not escaped
  for part in "${parts[@]}"; do is_number "$part" 10 || parts=(); done
  ((${#parts[@]} == 3 || ${#parts[@]} == 4)) || damaged "its table has another form"
  SARRAY_SCRIPT_SUM="${parts[2]} ${parts[3]:-${parts[1]}}"
  read_bytes "${parts[0]}" "${parts[1]}"
  after=${after#' '} after=${after#$'\n'} # what stands between a script and the next line
  [[ $before == $'\n' && ${SARRAY_BYTES:0:2} == '#!' && ($after == '--'* || $after == $'\f'*) ]] ||
    damaged "the job's own script is not where it should be"
  [[ -z ${parts[3]-} ]] || printf -v SARRAY_BYTES %b "$SARRAY_BYTES" # not of ASCII alone
  trap '' XFSZ                                                     # a file that must not grow is an error, and not the end
  SARRAY_PLACE=$SARRAY_FILE
  if ! is_slurms_copy || ! write_script; then rest write_elsewhere; fi
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
  { printf %s "$SARRAY_BYTES" >"$SARRAY_PLACE"; } 2>/dev/null ||
    (ulimit -S -f hard && printf %s "$SARRAY_BYTES" >"$SARRAY_PLACE") 2>/dev/null
  is_whole
}

# Whether the page and the file SARRAY_PLACE are as they were written: the file is read back, and unless sarray itself has submitted it the
# page and the script are compared with their checksums. What was damaged before it came here ends the task.
is_whole() {
  local written
  [[ -f $SARRAY_PLACE && -O $SARRAY_PLACE ]] || return
  if [[ -n $SARRAY_TRUSTED ]]; then
    mapfile -n 1 -d '' written 2>/dev/null <"$SARRAY_PLACE"
    [[ ${written-} == "$SARRAY_BYTES" && ${#SARRAY_BYTES} == "${SARRAY_SCRIPT_SUM#* }" ]]
    return
  fi
  rest has_right_sums
}
