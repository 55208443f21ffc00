#!/bin/bash -p
# Translates the ids in a task's commands to Slurm about itself. It is first in the task's PATH as scancel, scontrol, squeue,
# sacct and sbatch, if the job's script uses these with its own ids (or after `sarray submit --translate`).
#
# Alone, SLURM_JOB_ID is the task, and SLURM_ARRAY_JOB_ID the task's own job. In a merged array the last task's SLURM_JOB_ID is the
# whole array's, and SLURM_ARRAY_JOB_ID is an id that Slurm does not know. So each of the task's own ids is replaced by the pair, or
# the pairs, that it means; every other word is passed on unchanged. What cannot be expressed exactly is refused: no other task is
# ever hit. SARRAY_SELF, from the dispatcher: the task's raw id, its job's virtual id, its job's first index, its local ids or "-".
set -f

translate_name=${0##*/}
translate_folder=${0%/*}

refuse() {
  printf 'sarray: error: %s: %s\n' "$translate_name" "$1" >&2
  exit 1
}

# Runs the command itself, without us in its PATH, since a job that it submits does not belong to sarray.
go_on() { # WORD...
  local folder path='' real='' IFS=:
  for folder in $PATH; do
    [[ -n $folder && $folder -ef $translate_folder ]] && continue
    path+=${path:+:}$folder
    [[ -z $real && -f $folder/$translate_name && -x $folder/$translate_name ]] && real=$folder/$translate_name
  done
  if [[ -z $real ]]; then
    printf '%s: command not found\n' "$translate_name" >&2
    exit 127
  fi
  unset SARRAY_SELF
  PATH=$path exec "$real" "$@"
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
    return 0
  fi
  changed=yes
  if ((${#indices[@]} == 1)) && [[ ${indices[0]} != *-* ]]; then
    text=${SARRAY_ARRAY_JOB_ID}_${indices[0]}${3-}
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

# Finds the first word of scontrol that is not an option: its command. Without one, scontrol reads commands from its input.
find_verb() { # WORD...
  verb=''
  while (($# > 0)); do
    case $1 in
      -M | -u | --clusters | --cluster | --uid) shift ;;
      -*) ;;
      *)
        verb=$1
        return
        ;;
    esac
    shift || return
  done
}

[[ -n ${SARRAY_SELF-} ]] || go_on "$@"
read -r raw_id virtual_id first_index local_ids <<<"$SARRAY_SELF"
# A job that this task submitted inherits its environment, but its ids are its own.
[[ ${SLURM_JOB_ID-$raw_id} == "$raw_id" ]] || go_on "$@"

if [[ $translate_name == scontrol ]]; then
  find_verb "$@"
  case $verb in
    '')
      [[ $* == *-* ]] || refuse "give its command as words: what it reads from its input is not translated"
      go_on "$@"
      ;;
    listp* | pid* | wai* | wr* | noti*) go_on "$@" ;; # these want a raw id, and change nothing
  esac
fi

words=() changed='' whole=''
for word in "$@"; do
  shopt -s nocasematch
  case $translate_name in
    sbatch) # arguments of the new job's script are its own
      if [[ $word =~ ^(-d|--dep[a-z]*=)?(after[a-z]*|expand): ]]; then
        translate_ids "$word"
        [[ -z $changed || $word != *aftercorr* ]] || refuse "aftercorr: tasks of a merged array have other indices"
      fi
      ;;
    *)
      if [[ $word =~ ^[0-9][][0-9_,.*:+-]*[a-z0-9]*$ || $word =~ ^(-j|--job[a-z]*=|job(i|id)?=|dependency=).*[0-9] ]]; then translate_ids "$word"; fi
      [[ $word != arraytaskthrottle=* ]] || whole=$word
      ;;
  esac
  shopt -u nocasematch
  words+=("$word")
done
[[ -z $whole || -z $changed ]] || refuse "$whole would throttle the whole merged array"
go_on ${words[@]+"${words[@]}"}
