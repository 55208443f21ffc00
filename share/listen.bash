# The shell of a listen session: the user's own, with our sbatch first in PATH.
# Read by bash as --rcfile, or, where the session's commands come from no terminal, before them.
# SARRAY_BIN is the folder with our sbatch; SARRAY_SHARE the session's folder.
# shellcheck shell=bash disable=SC1090,SC1091

if [[ $- == *i* ]]; then
  [[ -r /etc/bash.bashrc ]] && . /etc/bash.bashrc
  [[ -r ~/.bashrc ]] && . ~/.bashrc
fi

# Our folder stays first, whatever ~/.bashrc and `module load` put before it: checked before each command.
__sarray_first() {
  case $PATH: in
    "$SARRAY_BIN":*) ;;
    *)
      PATH=:$PATH:
      PATH=${PATH//":$SARRAY_BIN:"/:}
      PATH=${PATH#:} PATH=$SARRAY_BIN:${PATH%:}
      hash -r
      ;;
  esac
}

# After a submit or a cancel of our own the shell ends, with the status that the command left behind.
__sarray_leave() {
  if [[ -e $SARRAY_SHARE/leave ]]; then
    local status
    read -r status <"$SARRAY_SHARE/leave"
    command rm -f -- "$SARRAY_SHARE/leave"
    trap - DEBUG
    exit "${status:-0}"
  fi
}

sarray() {
  command sarray "$@"
  local status=$?
  __sarray_leave
  return $status
}

__sarray_prompt() {
  local status=$?
  __sarray_leave
  __sarray_first
  [[ $PS1 == *'[sarray]'* ]] || PS1='\[\e[1;33m\][sarray]\[\e[0m\] '$PS1
  return $status
}

if [[ $- == *i* ]]; then
  # Last, so that a prompt that is made anew each time gets its mark too.
  if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == 'declare -a'* ]]; then
    PROMPT_COMMAND+=(__sarray_prompt)
  else
    # shellcheck disable=SC2178,SC2128
    PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__sarray_prompt
  fi
  if alias sbatch >/dev/null 2>&1 || declare -F sbatch >/dev/null; then
    echo "sarray: note: your startup files define their own sbatch: it works, but calls of sbatch by its path inside it go to Slurm directly" >&2
  fi
fi
[[ -n $(trap -p DEBUG) ]] || trap __sarray_first DEBUG
__sarray_first
