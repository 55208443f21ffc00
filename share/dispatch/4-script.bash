# Writes the job's own script to the file that is run: complete, checked, and in a folder that nobody else can write to.
# shellcheck shell=bash disable=SC2034,SC2154

# Writes the script to SARRAY_PLACE. The soft limit on a file's size is the job's, and does not limit what Slurm writes. Returns whether the
# page and the file are as they were written: the file is read back, and unless sarray itself has submitted it the page and the script are
# compared with their checksums. What was damaged before it came here ends the task. It is emptied first and written then: ext4 sends what is
# written to a file that was emptied by the same open to the disk at once.
write_script() {
  local written
  { : >"$SARRAY_PLACE" && printf %s "$SARRAY_BYTES" >>"$SARRAY_PLACE"; } 2>/dev/null ||
    (ulimit -S -f hard && printf %s "$SARRAY_BYTES" >"$SARRAY_PLACE") 2>/dev/null
  [[ -f $SARRAY_PLACE && -O $SARRAY_PLACE ]] || return
  if [[ -n $SARRAY_TRUSTED ]]; then
    mapfile -n 1 -d '' written 2>/dev/null <"$SARRAY_PLACE"
    [[ ${written-} == "$SARRAY_BYTES" && ${#SARRAY_BYTES} == "${SARRAY_SCRIPT_SUM#* }" ]]
  else
    rest has_right_sums
  fi
}

# Its offset, length, checksum, and the length that it has when it is not escaped.
# shellcheck disable=SC2206
SARRAY_PARTS=($SARRAY_SCRIPT)
[[ $SARRAY_SCRIPT == [0-9]* && $SARRAY_SCRIPT != *[!0-9\ ]* && ${#SARRAY_SCRIPT} -le 43 && (${#SARRAY_PARTS[@]} == 3 || ${#SARRAY_PARTS[@]} == 4) ]] ||
  damaged "its table has another form"
SARRAY_SCRIPT_SUM="${SARRAY_PARTS[2]} ${SARRAY_PARTS[3]:-${SARRAY_PARTS[1]}}"
read_bytes "$((10#${SARRAY_PARTS[0]}))" "$((10#${SARRAY_PARTS[1]}))"
SARRAY_AFTER=${SARRAY_AFTER#' '} SARRAY_AFTER=${SARRAY_AFTER#$'\n'} # what stands between a script and the next line
[[ $SARRAY_BEFORE == $'\n' && ${SARRAY_BYTES:0:2} == '#!' && ($SARRAY_AFTER == '--'* || $SARRAY_AFTER == $'\f'*) ]] ||
  damaged "the job's own script is not where it should be"
[[ -z ${SARRAY_PARTS[3]-} ]] || printf -v SARRAY_BYTES %b "$SARRAY_BYTES" # not of ASCII alone

# SARRAY_PLACE: the file that holds the job's script and can be executed. That is the copy of this file that slurmd made for this job
# (SPOOL/job00042/slurm_script, which belongs to the user), if it can be written: so $0, the process's name and the descriptors are as if
# the job had been submitted alone, and a requeue gets a new copy from Slurm. It is never a file that somebody runs with bash.
trap '' XFSZ # a file that must not grow is an error, and not the end
SARRAY_PLACE=$SARRAY_FILE SARRAY_PART=${SARRAY_FILE%/slurm_script}
SARRAY_PART=${SARRAY_PART##*/job}
[[ $SARRAY_FILE == */job"$SARRAY_PART"/slurm_script && $SARRAY_PART != *[!0-9]* && ${SARRAY_PART#"${SARRAY_PART%%[!0]*}"} == "$SLURM_JOB_ID" &&
  -f $SARRAY_FILE && ! -L $SARRAY_FILE && -O $SARRAY_FILE && -w $SARRAY_FILE && -x $SARRAY_FILE ]] && write_script || rest write_elsewhere
trap - XFSZ
