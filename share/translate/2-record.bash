# What Slurm would say of this task, and of the other tasks of its job, if the job had been submitted alone.
# shellcheck shell=bash disable=SC2034,SC2154

# Sets the values of the job's own record, from the dispatcher (SARRAY_OWN). An empty one is as Slurm says it.
read_own() {
  local -a own
  eval "own=($SARRAY_OWN)"
  own_release=${own[0]} own_script=${own[1]} own_links=${own[2]} own_directory=${own[3]} own_name=${own[4]}
  case ${own[5]} in
    '') own_command='' ;;
    - | --wrap) own_command='(null)' ;;
    *)
      own_command=${own[5]}
      # With its arguments on 20.11 and 22.05, without them on 24.11 and 26.05 (observed).
      if ((own_release < 2302)); then own_command="${own[*]:5}"; fi
      ;;
  esac
}

# Sets `local_id` to the local id of an index of the merged array, empty for a plain job. Fails if the index is another job's.
find_local() { # INDEX
  local range first last step count at=$first_index IFS=,
  local_id=''
  if [[ $local_ids == - ]]; then
    [[ $1 == "$SARRAY_ARRAY_TASK_ID" ]]
    return
  fi
  for range in $local_ids; do
    step=1
    [[ $range == *:* ]] && step=${range#*:} range=${range%:*}
    first=${range%-*} last=${range#*-} count=$(((${range#*-} - ${range%-*}) / step + 1))
    if (($1 >= at && $1 < at + count)); then
      local_id=$((first + ($1 - at) * step))
      return 0
    fi
    at=$((at + count))
  done
  return 1
}

# Sets `tasks` to the local ids of those of the indices "3", "3-4,7-9:2%5" that are the job's own, and `last_index` to one of them. Fails
# with 1 if none is, with 2 if the list is not understood.
find_locals() { # LIST
  local item first last step end from='' to='' throttle='' IFS=,
  [[ $1 != *%* ]] || throttle=%${1#*%}
  tasks='' last_index=''
  [[ $local_ids == - ]] && count=1 || count_tasks
  end=$((first_index + count - 1))
  for item in ${1%%\%*}; do
    [[ $item =~ ^([0-9]{1,9})(-([0-9]{1,9})(:([1-9][0-9]{0,8}))?)?$ ]] || return 2
    first=${BASH_REMATCH[1]} last=${BASH_REMATCH[3]:-${BASH_REMATCH[1]}} step=${BASH_REMATCH[5]:-1}
    ((first >= first_index)) || first=$((first + (first_index - first + step - 1) / step * step))
    for (( ; first <= last && first <= end; first += step)); do
      find_local "$first" || continue
      last_index=$first
      if [[ -n $to ]] && ((local_id == to + 1)); then
        to=$local_id
        continue
      fi
      [[ -z $to ]] || add_range "$from" "$to"
      from=$local_id to=$local_id
    done
  done
  [[ -n $last_index ]] || return 1
  [[ -z $to ]] || add_range "$from" "$to"
  tasks+=$throttle
  [[ $local_ids != - ]] || tasks=''
}

add_range() { # FROM TO
  tasks+=${tasks:+,}$1
  (($1 == $2)) || tasks+=-$2
}

# Sets `own_id` to the id of the tasks that find_locals has found in LIST, as squeue and sacct show it.
name_tasks() { # LIST
  own_id=$raw_id
  [[ $local_ids != - ]] || return 0
  own_id=${virtual_id}_$tasks
  [[ $1 != *[!0-9]* ]] || own_id="${virtual_id}_[$tasks]"
}

# Sets `file` to the file that a name in the submission's folder of links leads to; any other name stays as it is.
resolve_file() { # NAME INDEX
  local folder target
  file=${1//%a/$2}
  [[ -n $own_links && $file == "$own_links"/* ]] || {
    file=$1
    return 0
  }
  folder=${file%/*}
  if [[ -L $file ]]; then
    target=$(readlink -- "$file") && file=$target
  elif [[ -L $folder ]]; then
    target=$(readlink -- "$folder") && file=$target/${file##*/}
  fi
}

# Sets `file` as resolve_file does. 26.05 shows no file for standard error if it is the one of standard output.
resolve_error() { # NAME INDEX
  local error
  resolve_file "$1" "$2"
  [[ $file != "$1" ]] && ((own_release >= 2505)) || return 0
  error=$file
  resolve_file "$own_links/output/$2" "$2"
  if [[ $error == "$file" ]]; then file=''; else file=$error; fi
}
