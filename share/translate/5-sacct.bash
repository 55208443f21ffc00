# sacct -j ID
# shellcheck shell=bash disable=SC2034,SC2154

# Sets `words` to those words that select jobs, `format` to the columns, `headless`, `delimiter` (empty: columns of fixed width) and `last`
# (what ends a line) to how they are shown. Fails if sacct does something else than to list jobs.
read_sacct_words() { # WORD...
  local letters parsable='' given='|'
  words=() headless='' delimiter='' last=' ' format=jobid,jobname,partition,account,alloccpus,state,exitcode
  [[ -z ${SACCT_FORMAT-} ]] || format=$SACCT_FORMAT
  while (($# > 0)); do
    case $1 in
      --json* | --yaml* | --batch-script | --env-vars | --helpformat | --help | --usage | --version | --long | --completion) return 1 ;;
      --fo*=*) format=${1#*=} ;;
      --fo*) format=${2-} && shift ;;
      --noheader) headless=yes ;;
      --parsable) parsable=p ;;
      --parsable2) parsable=P ;;
      --delimiter=*) given=${1#*=} ;;
      --brief) format=jobid,state,exitcode ;;
      --*=* | --allocations | --allusers | --duplicates | --truncate | --allclusters | --federation | --local) words+=("$1") ;;
      --*) words+=("$1" ${2+"$2"}) && shift ;;
      -*)
        letters=${1#-}
        while [[ $letters == [aDLnpPTXb]* ]]; do
          case $letters in
            n*) headless=yes ;;
            b*) format=jobid,state,exitcode ;;
            [pP]*) parsable=${letters:0:1} ;;
            *) words+=("-${letters:0:1}") ;;
          esac
          letters=${letters:1}
        done
        case $letters in
          '') ;;
          [BehlVvO]* | c*) return 1 ;;
          o) format=${2-} && shift ;;
          o*) format=${letters:1} ;;
          ?) words+=("-$letters" ${2+"$2"}) && shift ;;
          *) words+=("-$letters") ;;
        esac
        ;;
      *) words+=("$1") ;;
    esac
    shift || return 1
  done
  [[ -n $parsable ]] || return 0
  delimiter=$given last=$given
  [[ $parsable == p ]] || last=''
}

# Sets `cells` to the columns of a line.
split_line() { # LINE
  local rest=$1
  cells=()
  while [[ $rest == *"$unit"* ]]; do
    cells+=("${rest%%"$unit"*}")
    rest=${rest#*"$unit"}
  done
  cells+=("$rest")
}

# Sets `widths` of the columns, and `sides` ("-": left) at which their texts are, from the header that sacct itself shows: `header`.
read_widths() {
  local width title rest
  run_real "${words[@]}" --format="$format"
  [[ $output =~ ^([^$'\n']*)$'\n'([- ]+)$'\n' ]] || return 1
  header=${BASH_REMATCH[0]} rest=${BASH_REMATCH[1]} widths=() sides=()
  for width in ${BASH_REMATCH[2]}; do
    title=${rest:0:${#width}} rest=${rest:${#width} + 1}
    widths+=("${#width}")
    if [[ $title == [!\ ]*' ' ]]; then sides+=(-); else sides+=(''); fi
  done
}

# Appends a line to `text`: the cells but the first, which is the id that was asked for each line.
join_line() {
  local at value width line=''
  for ((at = 1; at < ${#cells[@]}; ++at)); do
    value=${cells[at]}
    if [[ -z $delimiter ]]; then
      width=${widths[at - 1]}
      ((${#value} <= width)) || value=${value:0:width - 1}+
      printf -v value "%${sides[at - 1]}*s " "$width" "$value"
    elif ((at + 1 < ${#cells[@]})); then
      value+=$delimiter
    else
      value+=$last
    fi
    line+=$value
  done
  text+=$line$'\n'
}

# Replaces the columns of a job's line, or of one of its steps'.
replace_cells() { # INDEX SUFFIX
  local at file
  for ((at = 1; at < ${#titles[@]}; ++at)); do
    case ${titles[at]} in
      JobID) cells[at]=$own_id$2 ;;
      JobName) [[ -n $2 || -z $own_name ]] || cells[at]=$own_name ;;
      WorkDir) [[ -z ${cells[at]} || -z $own_directory ]] || cells[at]=$own_directory ;;
      StdOut | StdIn) resolve_file "${cells[at]}" "$1" && cells[at]=$file ;;
      StdErr) resolve_error "${cells[at]}" "$1" && cells[at]=$file ;;
    esac
  done
}

# Lists what accounting knows of the job's own tasks, or fails if the words or the answer are not understood: then nothing was printed.
list_records() { # WORD...
  local LC_ALL=C unit=$'\x1f' header line text='' headless delimiter last format suffix list
  local -a cells titles=() widths sides
  read_sacct_words "$@" || return
  [[ -n $delimiter ]] || read_widths || return
  run_real "${words[@]}" -P --delimiter="$unit" --format="JobID,$format"
  while IFS= read -r line; do
    split_line "$line"
    if ((${#titles[@]} == 0)); then
      titles=("${cells[@]}")
      [[ -n $delimiter || ${#widths[@]} == $((${#titles[@]} - 1)) ]] || return 1
      if [[ -z $headless ]]; then if [[ -n $delimiter ]]; then join_line; else text=$header; fi; fi
      continue
    fi
    [[ ${cells[0]} =~ ^"$SARRAY_ARRAY_JOB_ID"_\[?([0-9,:%-]+)\]?(\+[0-9]+)?(\..*)?$ ]] || return 1
    list=${BASH_REMATCH[1]} suffix=${BASH_REMATCH[3]}
    find_locals "$list" || { (($? == 1)) && continue || return 1; }
    name_tasks "$list"
    replace_cells "$last_index" "$suffix"
    join_line
  done <<<"${output%$'\n'}"
  [[ -z $output ]] || printf %s "$text"
  exit "$status"
}
