# scontrol show job, scontrol write batch_script
# shellcheck shell=bash disable=SC2034,SC2154

# Replaces a field's value in `line`, which ends where NEXT matches, or with the line.
replace_field() { # NAME VALUE NEXT
  local before rest
  [[ " $line" == *" $1="* ]] || return 0
  before=" $line"
  rest=${before#*" $1="} before=${before%%" $1="*}
  if [[ $rest =~ ($3) ]]; then rest=${rest#*"${BASH_REMATCH[1]}"} rest=${BASH_REMATCH[1]}$rest; else rest=''; fi
  line="$before $1=$2$rest"
  line=${line# }
}

# Replaces the fields of one line of a record, which may hold all of it.
replace_fields() { # INDEX
  local name next=' [A-Z][A-Za-z/:]*='
  [[ -z $own_name ]] || replace_field JobName "$own_name" ' UserId='
  [[ -z $own_command ]] || replace_field Command "$own_command" "$next"
  [[ -z $own_directory ]] || replace_field WorkDir "$own_directory" "$next"
  for name in StdErr StdIn StdOut; do
    [[ " $line" =~ \ $name=($own_links/[^ ]*) ]] || continue
    if [[ $name == StdErr ]]; then resolve_error "${BASH_REMATCH[1]}" "$1"; else resolve_file "${BASH_REMATCH[1]}" "$1"; fi
    replace_field "$name" "$file" "$next"
  done
}

# Shows the records of the job's own tasks.
show_job() { # WORD...
  local line text='' index='' hidden='' ids found rest throttle
  run_real "$@"
  while IFS= read -r line; do
    if [[ $line =~ ^(JobId=[0-9]+)\ ArrayJobId=([0-9]+)\ ArrayTaskId=([^ ]+)(\ ArrayTaskThrottle=[0-9]+)?\ (JobName=.*)$ ]]; then
      index='' hidden='' ids=${BASH_REMATCH[1]} throttle=${BASH_REMATCH[4]} rest=${BASH_REMATCH[5]}
      if [[ ${BASH_REMATCH[2]} == "$SARRAY_ARRAY_JOB_ID" ]]; then
        find_locals "${BASH_REMATCH[3]}"
        found=$?
        ((found != 1)) || hidden=yes
        if ((found == 0)); then
          index=$last_index
          [[ $local_ids == - ]] || ids+=" ArrayJobId=$virtual_id ArrayTaskId=$tasks$throttle"
          line="$ids $rest"
        fi
      fi
    fi
    [[ -z $index ]] || replace_fields "$index"
    [[ -n $hidden ]] || text+=$line$'\n'
  done <<<"${output%$'\n'}"
  [[ -z $output ]] || printf %s "$text"
  exit "$status"
}

# Writes the job's own script: the file that the task runs.
write_script() { # ID [FILE]
  local number=${1%%_*} file=${2-}
  file=${file:-slurm-$number.sh}
  [[ -r $own_script ]] || refuse "the task's own script, $own_script, is not on this node"
  if [[ $file == - ]]; then exec cat -- "$own_script"; fi
  if { cat -- "$own_script" >"$file"; } 2>/dev/null; then
    printf 'batch script for job %s written to %s\n' "$number" "$file"
  else
    local why='Permission denied'
    [[ ! -d $file ]] || why='Is a directory'
    [[ $file != */* || -d ${file%/*}/ ]] || why='No such file or directory'
    # shellcheck disable=SC2016 # Slurm's own words (observed on 20.11 to 26.05)
    printf 'failed to open file `%s`: %s\n' "$file" "$why" >&2
  fi
  exit 0
}

# Answers `scontrol write batch_script` of the task's own ids; returns for any other.
answer_write() { # WORD...
  local -a operands=()
  while (($# > 0)); do
    case $1 in
      -M | -u | --clusters | --cluster | --uid) shift ;;
      -?*) ;;
      *) operands+=("$1") ;;
    esac
    shift
  done
  [[ ${operands[1]-} == batch* ]] || return 0
  case ${operands[2]-} in
    "$raw_id" | "$virtual_id" | "${virtual_id}"_*) write_script "${operands[@]:2}" ;;
  esac
}
