# bash completion for sarray. What a word can become is sarray's own answer (`sarray __complete`); see complete.cpp there.
# shellcheck shell=bash

_sarray() {
  local program=${COMP_WORDS[0]} line word words=() seen typed

  # As sarray sees the words: bash itself also splits at the characters of COMP_WORDBREAKS, as in --session=NAME.
  read -r -a words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=('')
  typed=${words[${#words[@]} - 1]}
  # What bash replaces is the end of that word.
  seen=${COMP_WORDS[COMP_CWORD]:0:${#typed}}
  [[ $seen == [=:] ]] && seen=
  [[ $typed == *"$seen" ]] || seen=$typed

  program=${program/#\~\//$HOME/}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      $'\tfiles')
        compopt -o filenames 2>/dev/null
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$seen")
        ;;
      $'\tcommand '*)
        if declare -F _command_offset >/dev/null; then
          _command_offset "${line#$'\tcommand '}"
        elif ((${line#$'\tcommand '} == COMP_CWORD)); then
          mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -c -- "$seen")
        else
          compopt -o filenames 2>/dev/null
          mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$seen")
        fi
        return
        ;;
      *)
        word=${line%%$'\t'*}
        word=${word:$((${#typed} - ${#seen}))}
        [[ $word != *[!A-Za-z0-9_.,:=/@%+-]* ]] || printf -v word %q "$word"
        COMPREPLY+=("$word")
        ;;
    esac
  done < <(command -- "$program" __complete -- "${words[@]:1}" 2>/dev/null)
}

complete -F _sarray sarray
