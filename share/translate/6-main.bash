# What is asked is answered as if the job were alone; any other command is run with translated ids.
# shellcheck shell=bash disable=SC2034,SC2154

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
[[ -z ${SARRAY_OWN-} ]] || read_own
# A job that this task submitted inherits its environment, but its ids are its own.
[[ ${SLURM_JOB_ID-$raw_id} == "$raw_id" ]] || go_on "$@"

if [[ $translate_name == scontrol ]]; then
  find_verb "$@"
  case $verb in
    '')
      [[ $* == *-* ]] || refuse "give its command as words: what it reads from its input is not translated"
      go_on "$@"
      ;;
    wr*)
      [[ -z ${SARRAY_OWN-} ]] || answer_write "$@"
      go_on "$@"
      ;;
    listp* | pid* | wai* | noti*) go_on "$@" ;; # these want a raw id, and change nothing
    sh*) [[ -z ${SARRAY_OWN-} || $* != *[Jj][Oo][Bb]* || $* == *--json* || $* == *--yaml* ]] || show_all=yes ;;
  esac
fi

words=() changed='' foreign='' whole=''
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
# Ids of others beside its own are answered as Slurm answers.
if [[ -n $changed && -z $foreign && -n ${SARRAY_OWN-} ]]; then
  translated=("${words[@]}")
  case $translate_name in
    scontrol) [[ -z ${show_all-} ]] || show_job "${words[@]}" ;;
    squeue) list_jobs "${words[@]}" ;;
    sacct) list_records "${words[@]}" ;;
  esac
  words=("${translated[@]}")
fi
go_on ${words[@]+"${words[@]}"}
