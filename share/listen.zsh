# The .zshenv of a listen session on a terminal (ZDOTDIR). zsh then reads the user's own start-up files, and this file's end runs after all
# of them, at the first prompt. A zsh that .bashrc or a program executes finds it, too.
# SARRAY_BIN is the folder with our sbatch; SARRAY_SHARE the session's folder; SARRAY_ZDOTDIR what ZDOTDIR was, if it was set.
if [[ -n ${SARRAY_ZDOTDIR-} ]]; then
  export ZDOTDIR=$SARRAY_ZDOTDIR
else
  unset ZDOTDIR
fi
if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then source "${ZDOTDIR-$HOME}/.zshenv"; fi

if [[ -n ${SARRAY_BIN-} ]]; then
  # Puts our folders first in PATH again: start-up files and modules put theirs there.
  __sarray_first() {
    emulate -L zsh
    local first=${SARRAY_PATH:-$SARRAY_BIN}
    if [[ "$PATH:" == "$first:"* ]]; then return; fi
    PATH=":$PATH:"
    PATH=$first${${PATH//":$first:"/:}%:}
  }
  __sarray_first
fi

if [[ -o interactive && -n ${SARRAY_BIN-} ]]; then
  # After a submit or a cancel at the prompt that left nothing queued the shell ends; not if something was recorded since.
  __sarray_leave() {
    emulate -L zsh
    local size rest now
    if [[ -e $SARRAY_SHARE/leave ]]; then
      read -r size rest <"$SARRAY_SHARE/leave"
      now=$(command stat -c %s "$SARRAY_SHARE/journal" 2>/dev/null)
      if [[ $size == "$now" ]]; then
        : >"$SARRAY_SHARE/over"
        exit 0
      fi
      command rm -f -- "$SARRAY_SHARE/leave"
    fi
  }

  # Only what is typed at the prompt can end the session.
  __sarray_run() {
    if ((ZSH_SUBSHELL == 0 && ${#funcstack} == 2)); then
      SARRAY_AT_PROMPT=1 command sarray "$@"
    else
      command sarray "$@"
    fi
  }

  # When our program cannot be run (the state folder is gone) the next sbatch in PATH is not taken.
  __sarray_record() {
    if [[ -x $SARRAY_BIN/sbatch ]]; then
      "$SARRAY_BIN/sbatch" "$@"
    else
      print -ru2 -- "sarray: error: session $SARRAY_SESSION is gone: nothing is recorded, nothing was submitted"
      print -ru2 -- "hint: $SARRAY_BIN/sbatch cannot be run; exit leaves the session"
      return 1
    fi
  }

  # Before each prompt, after what the user's own prompt is made by.
  __sarray_prompt() {
    __sarray_leave
    __sarray_first
    if [[ ${precmd_functions[-1]} != __sarray_prompt ]]; then precmd_functions=(${precmd_functions:#__sarray_prompt} __sarray_prompt); fi
    if [[ $PS1 != *'[sarray]'* ]]; then
      if [[ -n ${NO_COLOR-} || ${TERM-dumb} == dumb ]]; then
        PS1="[sarray] $PS1"
      else
        PS1="%B%F{yellow}[sarray]%f%b $PS1"
      fi
    fi
  }

  # At the first prompt: the user's start-up files are done.
  __sarray_begin() {
    precmd_functions=(${precmd_functions:#__sarray_begin} __sarray_prompt)
    preexec_functions+=(__sarray_first)
    functions[sarray]='__sarray_run "$@"'
    if ((!$+functions[sbatch] && !$+aliases[sbatch])); then functions[sbatch]='__sarray_record "$@"'; fi
    unfunction __sarray_begin
    __sarray_prompt
  }
  typeset -ga precmd_functions preexec_functions
  precmd_functions+=(__sarray_begin)
fi
