#!/bin/bash -p
# Translates the ids in a task's commands to Slurm about itself, and answers what it asks about itself as if it were alone. It is first in
# the task's PATH as scancel, scontrol, squeue, sacct and sbatch, if the job's script names these (or after `sarray submit --translate`).
#
# Alone, SLURM_JOB_ID is the task, and SLURM_ARRAY_JOB_ID the task's own job. In a merged array the last task's SLURM_JOB_ID is the
# whole array's, and SLURM_ARRAY_JOB_ID is an id that Slurm does not know. So each of the task's own ids is replaced by the pair, or
# the pairs, that it means; every other word is passed on unchanged. What cannot be expressed exactly is refused: no other task is
# ever hit. SARRAY_SELF, from the dispatcher: the task's raw id, its job's virtual id, its job's first index, its local ids or "-".
# SARRAY_OWN: what its job's record would say alone (2-record.bash).
# shellcheck disable=SC2034,SC2154 # the parts see each other's variables when they are one text
set -f

translate_name=${0##*/}
translate_folder=${0%/*}

refuse() {
  printf 'sarray: error: %s: %s\n' "$translate_name" "$1" >&2
  exit 1
}

# Sets `real` to the command itself, and `path` to the PATH without us, since a job that it submits does not belong to sarray.
find_real() {
  local folder IFS=:
  path='' real=''
  for folder in $PATH; do
    [[ -n $folder && $folder -ef $translate_folder ]] && continue
    path+=${path:+:}$folder
    [[ -z $real && -f $folder/$translate_name && -x $folder/$translate_name ]] && real=$folder/$translate_name
  done
  if [[ -z $real ]]; then
    printf '%s: command not found\n' "$translate_name" >&2
    exit 127
  fi
}

# Becomes the command itself.
go_on() { # WORD...
  find_real
  unset SARRAY_SELF SARRAY_OWN
  PATH=$path exec "$real" "$@"
}

# Sets `output` to what the command itself prints, and `status`. Its errors are shown as they come.
run_real() { # WORD...
  find_real
  output=$(
    unset SARRAY_SELF SARRAY_OWN
    PATH=$path "$real" "$@"
    status=$?
    printf . # keeps the newlines at the end
    exit "$status"
  )
  status=$?
  output=${output%.}
}

# Sets `index` to the index of a local id in the merged array.
find_index() { # LOCAL_ID
  local range first last step at=$first_index local_id=$((10#$1)) IFS=,
  for range in $local_ids; do
    step=1
    [[ $range == *:* ]] && step=${range#*:} range=${range%:*}
    first=${range%-*} last=${range#*-}
    if ((local_id >= first && local_id <= last && (local_id - first) % step == 0)); then
      index=$((at + (local_id - first) / step))
      return
    fi
    at=$((at + (last - first) / step + 1))
  done
  refuse "$virtual_id has no task $1"
}

# Sets `count` to the number of the job's tasks.
count_tasks() {
  local range step IFS=,
  count=0
  for range in $local_ids; do
    step=1
    [[ $range == *:* ]] && step=${range#*:} range=${range%:*}
    count=$((count + (${range#*-} - ${range%-*}) / step + 1))
  done
}

# Sets `indices` ("5" or "5-9") to those of the job's indices that "3", "*", "[1,4-7:3]" or an empty text (all) means.
find_indices() { # TASKS
  local item first last step IFS=,
  indices=()
  if [[ $local_ids == - ]]; then
    [[ -z $1 ]] || refuse "$virtual_id is a plain job, without a task $1"
    indices=("$SARRAY_ARRAY_TASK_ID")
  elif [[ -z $1 || $1 == '*' ]]; then
    count_tasks
    indices=("$first_index-$((first_index + count - 1))")
    ((count > 1)) || indices=("$first_index")
  else
    item=${1#[}
    for item in ${item%]}; do
      [[ $item =~ ^([0-9]{1,9})(-([0-9]{1,9})(:([0-9]{1,9}))?)?$ ]] || refuse "$virtual_id has no task $item"
      first=${BASH_REMATCH[1]} last=${BASH_REMATCH[3]:-${BASH_REMATCH[1]}} step=${BASH_REMATCH[5]:-1}
      first=$((10#$first)) last=$((10#$last)) step=$((10#$step))
      ((step > 0)) || refuse "$virtual_id has no task $item"
      for (( ; first <= last; first += step)); do
        find_index "$first"
        indices+=("$index")
      done
    done
  fi
}

# Sets `text` to one id, with its tasks and its step, as Slurm knows it.
translate_id() { # ID [TASKS] [.STEP]
  local number=$((10#$1)) IFS=,
  text=$1${2:+_$2}${3-}
  if [[ $number == "$raw_id" ]]; then
    [[ $1_$2 != "${SARRAY_ARRAY_JOB_ID}_$SARRAY_ARRAY_TASK_ID" ]] || return 0
    [[ -z $2 ]] || refuse "$text may be another job's task; its own is ${SARRAY_ARRAY_JOB_ID}_$SARRAY_ARRAY_TASK_ID"
    indices=("$SARRAY_ARRAY_TASK_ID")
  elif [[ $number == "$virtual_id" ]]; then
    find_indices "${2-}"
  else
    ((number <= 2000000000 || number >= 2147483648)) || refuse "$1 is sarray's id of another job, which Slurm does not know"
    foreign=yes
    return 0
  fi
  changed=yes
  if ((${#indices[@]} == 1)) && [[ ${indices[0]} != *-* ]]; then
    text=${SARRAY_ARRAY_JOB_ID}_${indices[0]}${3-}
  elif [[ -n ${show_all-} ]]; then # the whole array, of which only the own tasks are shown
    text=$SARRAY_ARRAY_JOB_ID
  elif [[ $translate_name == squeue || $translate_name == sacct ]]; then # these take a list, of single tasks
    text=''
    [[ ${indices[0]} != *-* ]] || for ((index = ${indices[0]%-*}; index <= ${indices[0]#*-}; ++index)); do indices+=("$index"); done
    for index in "${indices[@]}"; do [[ $index == *-* ]] || text+=${text:+,}${SARRAY_ARRAY_JOB_ID}_$index; done
  else
    [[ -z ${3-} ]] || refuse "a step of several tasks"
    text="${SARRAY_ARRAY_JOB_ID}_[${indices[*]}]"
  fi
}

# Sets `word` to WORD, with every id in it translated.
translate_ids() { # WORD
  local rest=$1
  word=''
  while [[ $rest =~ ^([^0-9]*)([0-9]{1,18})(_([0-9]{1,9}|\*|\[[0-9,:-]*\]))?(\.[a-z0-9]+)?(.*)$ ]]; do
    word+=${BASH_REMATCH[1]}
    rest=${BASH_REMATCH[6]}
    translate_id "${BASH_REMATCH[2]}" "${BASH_REMATCH[4]}" "${BASH_REMATCH[5]}"
    word+=$text
  done
  word+=$rest
}
