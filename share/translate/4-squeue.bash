# squeue -j ID
# shellcheck shell=bash disable=SC2034,SC2154

# Sets `fitted` to a text as squeue shows it: as wide as WIDTH, at the right side if DOT is one.
fit() { # DOT WIDTH TEXT
  fitted=$3
  if [[ -n $2 ]]; then if [[ -n $1 ]]; then printf -v fitted '%*.*s' "$2" "$2" "$3"; else printf -v fitted '%-*.*s' "$2" "$2" "$3"; fi; fi
}

# Sets `kind` (o, O or empty) and `format` to what squeue would be told, `words` to the words without it. Fails if squeue does
# something else than to list jobs.
read_squeue_words() { # WORD...
  local letters long=''
  words=() kind='' format=''
  while (($# > 0)); do
    case $1 in
      --json* | --yaml* | --start | --steps* | --iterate* | -i* | -s* | --help | --usage | --version | -V) return 1 ;;
      --fo*=*) kind=o format=${1#*=} ;;
      --Fo*=*) kind=O format=${1#*=} ;;
      --fo*) kind=o format=${2-} && shift ;;
      --Fo*) kind=O format=${2-} && shift ;;
      --long | --lo) long=yes && words+=("$1") ;;
      --*=* | --array | --noheader | --hide | --local | --sibling | --federation | --all | --me | --notme | --priority | --array-unique) words+=("$1") ;;
      --*) words+=("$1" ${2+"$2"}) && shift ;;
      -*)
        letters=${1#-}
        while [[ $letters == [ahlrPv]* ]]; do
          [[ ${letters:0:1} != l ]] || long=yes
          words+=("-${letters:0:1}") letters=${letters:1}
        done
        case $letters in
          '') ;;
          o? | O?) kind=${letters:0:1} format='' && return 1 ;;
          [oO]) kind=$letters format=${2-} && shift ;;
          [oO]*) kind=${letters:0:1} format=${letters:1} ;;
          [si]*) return 1 ;;
          ?) words+=("-$letters" ${2+"$2"}) && shift ;;
          *) words+=("-$letters") ;;
        esac
        ;;
      *) words+=("$1") ;;
    esac
    shift || return 1
  done
  [[ -z $kind ]] || return 0
  kind=o format='%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R'
  [[ -z $long ]] || format='%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R'
  [[ -z ${SQUEUE_FORMAT-} || -n $long ]] || format=$SQUEUE_FORMAT
  [[ -z ${SQUEUE_FORMAT2-} ]] || return 1
}

# Sets `value` to the task's own for a letter of --format, or a name of --Format in small letters. Fails if Slurm's own is right.
own_value() { # LETTER|NAME NAME_IN_SLURM INDEX
  case $1 in
    i | jobarrayid) value=$own_id ;;
    F | arrayjobid) [[ $local_ids == - ]] && value=$raw_id || value=$virtual_id ;;
    K | arraytaskid) [[ $local_ids == - ]] && value=N/A || value=$tasks ;;
    j | name) value=$own_name ;;
    o | command) value=$own_command ;;
    Z | workdir) value=$own_directory ;;
    stdout | stdin) resolve_file "$2" "$3" && value=$file ;;
    stderr) resolve_error "$2" "$3" && value=${file:-(null)} ;;
    *) return 1 ;;
  esac
  [[ -n $value ]]
}

# squeue -o: the fields that are the task's own are left out by a mark, with the index before each line.
mark_format() {
  local rest=$format marked=''
  while [[ $rest =~ ^([^%]*)%(\.?)([0-9]*)(.)(.*)$ ]]; do
    rest=${BASH_REMATCH[5]}
    case ${BASH_REMATCH[4]} in
      j) [[ -n $own_name ]] ;;
      o) [[ -n $own_command ]] ;;
      Z) [[ -n $own_directory ]] ;;
      i | F | K) ;;
      *) false ;;
    esac && marked+=${BASH_REMATCH[1]}$mark${BASH_REMATCH[2]}${BASH_REMATCH[3]}${BASH_REMATCH[4]}$mark && continue
    marked+=${BASH_REMATCH[1]}%${BASH_REMATCH[2]}${BASH_REMATCH[3]}${BASH_REMATCH[4]}
  done
  format="%F %K$unit$marked$rest"
}

# Fills in the marks of a line.
fill_marks() { # LINE HEAD
  local rest=$1 field size dot value
  local -A heads=([i]=JOBID [j]=NAME [o]=COMMAND [Z]=WORK_DIR [F]=ARRAY_JOB_ID [K]=ARRAY_TASK_ID)
  filled=''
  while [[ $rest == *"$mark"*"$mark"* ]]; do
    filled+=${rest%%"$mark"*}
    rest=${rest#*"$mark"}
    field=${rest%%"$mark"*} rest=${rest#*"$mark"}
    dot='' size=${field%?} field=${field: -1}
    [[ $size != .* ]] || dot=. size=${size#.}
    if [[ -n $2 ]]; then value=${heads[$field]}; else own_value "$field" '' ''; fi
    fit "$dot" "$size" "$value"
    filled+=$fitted
  done
  filled+=$rest
}

# squeue -O: columns are as wide as the format says. Sets `columns` to "NAME:DOT:WIDTH:LENGTH_OF_SUFFIX" of each.
read_columns() {
  local item default_width=20 IFS=,
  columns=()
  for item in $format; do
    [[ $item =~ ^([A-Za-z]+)(:(\.?)([1-9][0-9]*)?([^.0-9].*)?)?$ ]] || return 1
    columns+=("${BASH_REMATCH[1],,}:${BASH_REMATCH[3]}:${BASH_REMATCH[4]:-$default_width}:${#BASH_REMATCH[5]}")
  done
  format="ArrayTaskID:$task_width,ArrayJobID:$id_width,$format"
}

replace_columns() { # LINE INDEX
  local column name dot width suffix rest=$1 shown value
  filled=''
  for column in "${columns[@]}"; do
    IFS=: read -r name dot width suffix <<<"$column"
    shown=${rest:0:width}
    if own_value "$name" "${shown%"${shown##*[! ]}"}" "$2"; then fit "$dot" "$width" "$value" && shown=$fitted; fi
    filled+=$shown${rest:width:suffix}
    rest=${rest:width + suffix}
  done
}

# Lists the job's own tasks, or fails if the words or the answer are not understood: then nothing was printed.
list_jobs() { # WORD...
  local LC_ALL=C mark=$'\x1e' unit=$'\x1f' task_width=60 id_width=12 line text='' array index_list filled fitted
  local -a columns
  read_squeue_words "$@" || return
  if [[ $kind == o ]]; then
    mark_format
    run_real "${words[@]}" -o "$format"
  else
    read_columns || return
    run_real "${words[@]}" -O "$format"
  fi
  while IFS= read -r line; do
    filled=$line
    if [[ $kind == o && $line == *"$unit"* ]]; then
      array=${line%%"$unit"*} line=${line#*"$unit"}
      index_list=${array#* } array=${array%% *}
    elif [[ $kind == O && ${#line} -gt $((task_width + id_width)) ]]; then
      index_list=${line:0:task_width} array=${line:task_width:id_width} line=${line:task_width + id_width}
      index_list=${index_list%% *} array=${array%% *}
    else
      text+=$line$'\n'
      continue
    fi
    filled=$line
    if [[ $array == ARRAY_JOB_ID ]]; then
      [[ $kind == O ]] || fill_marks "$line" head
    else
      [[ $array == "$SARRAY_ARRAY_JOB_ID" ]] || return 1
      find_locals "$index_list" || { (($? == 1)) && continue || return 1; }
      name_tasks "$index_list"
      if [[ $kind == o ]]; then fill_marks "$line" ''; else replace_columns "$line" "$last_index"; fi
    fi
    text+=$filled$'\n'
  done <<<"${output%$'\n'}"
  [[ -z $output ]] || printf %s "$text"
  exit "$status"
}
