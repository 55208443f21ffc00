# The shell of a listen session: the user's own, with our sbatch first in PATH.
# Read by bash as --rcfile; if the session's commands come from no terminal, before them.
# SARRAY_BIN is the folder with our sbatch; SARRAY_SHARE the session's folder.
# shellcheck shell=bash disable=SC1090,SC1091

# Before an `exec fish` or `exec tcsh` in a start-up file: these shells find ours by what is set for their start, as zsh does by ZDOTDIR.
# It runs before that command (DEBUG), whose words are not expanded yet, and before the next one, if it could not be executed.
__sarray_exec() { # COMMAND
  local word
  if [[ -n ${SARRAY_HOME-} ]]; then HOME=$SARRAY_HOME; fi
  if [[ -n ${SARRAY_XDG-} ]]; then
    if [[ $SARRAY_XDG == unset ]]; then unset XDG_DATA_DIRS; else XDG_DATA_DIRS=$SARRAY_XDG; fi
  fi
  unset SARRAY_HOME SARRAY_XDG
  [[ $1 == exec\ * ]] || return 0
  for word in ${1#exec}; do
    word=${word//[\"\'{\}]/}
    [[ $word != \$* ]] || word=${word#\$} word=${!word-}
    case ${word##*/} in
      -*) continue ;;
      fish)
        export SARRAY_XDG=${XDG_DATA_DIRS:-unset}
        export XDG_DATA_DIRS=$SARRAY_SHARE/fish:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}
        ;;
      tcsh | csh)
        export SARRAY_HOME=$HOME
        HOME=$SARRAY_SHARE/tcsh
        ;;
    esac
    return 0
  done
}

if [[ $- == *i* ]]; then
  if type -P fish tcsh csh >/dev/null; then
    set -T
    trap '[[ $BASH_COMMAND != exec\ * && -z ${SARRAY_HOME-}${SARRAY_XDG-} ]] || __sarray_exec "$BASH_COMMAND"' DEBUG
  fi
  [[ -r /etc/bash.bashrc ]] && . /etc/bash.bashrc
  [[ -r ~/.bashrc ]] && . ~/.bashrc
  set +T
  [[ $(trap -p DEBUG) != *__sarray_exec* ]] || trap - DEBUG
  __sarray_exec ''
  unset -f __sarray_exec
  if [[ -z ${SARRAY_LIBRARY-} ]] && { alias sbatch >/dev/null 2>&1 || declare -F sbatch >/dev/null; }; then
    echo "sarray: note: your startup files define their own sbatch: it works, but calls of sbatch by its path inside it go to Slurm directly" >&2
  fi
fi

__sarray_listen=1
. "$SARRAY_SHARE/child.bash"
unset __sarray_listen

# Before each command. The session's own shell has the function only when our program is gone: bash runs the last command of a subshell
# or of $(...) in the subshell's place, with an SHLVL that is one lower, but not a function.
__sarray_before() {
  __sarray_first
  [[ -x $SARRAY_BIN/sbatch ]] || declare -F sbatch >/dev/null || {
    __sarray_guard
    hash -d sbatch 2>/dev/null
  }
}
__sarray_before

# After a submit or a cancel at the prompt that left nothing queued the shell ends. If something was recorded since, on the same line or
# in the background, the journal has grown, and the session stays.
__sarray_leave() {
  local size now
  if [[ -e $SARRAY_SHARE/leave ]]; then
    read -r size _ <"$SARRAY_SHARE/leave"
    now=$(command stat -c %s "$SARRAY_SHARE/journal" 2>/dev/null)
    if [[ $size == "$now" ]]; then
      trap - DEBUG
      : >"$SARRAY_SHARE/over"
      exit 0
    fi
    command rm -f -- "$SARRAY_SHARE/leave"
  fi
}

# Only what is typed at the prompt can end the session: not a subshell, a pipe, a background job, a function or a script.
sarray() {
  if [[ $- == *i* && $BASHPID == "$$" && ${#FUNCNAME[@]} == 1 ]]; then
    __sarray_hook
    SARRAY_AT_PROMPT=1 command sarray "$@"
  else
    command sarray "$@"
  fi
}

__sarray_prompt() {
  local status=$?
  __sarray_leave
  __sarray_before
  if [[ $PS1 != *'[sarray]'* ]]; then
    if [[ -n ${NO_COLOR-} || ${TERM-dumb} == dumb ]]; then
      PS1='[sarray] '$PS1
    else
      PS1='\[\e[1;33m\][sarray]\[\e[0m\] '$PS1
    fi
  fi
  return $status
}

# Last, so that a prompt that is made again each time gets its mark too. Users set PROMPT_COMMAND again in a session.
__sarray_hook() {
  [[ ${PROMPT_COMMAND[*]-} == *__sarray_prompt* ]] && return
  if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == 'declare -a'* ]]; then
    PROMPT_COMMAND+=(__sarray_prompt)
  else
    # shellcheck disable=SC2178,SC2128
    PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__sarray_prompt
  fi
}

[[ $- != *i* ]] || __sarray_hook
export -fn sarray __sarray_leave __sarray_prompt __sarray_hook __sarray_before __sarray_first __sarray_guard
[[ -n $(trap -p DEBUG) ]] || trap __sarray_before DEBUG
