#compdef sarray
# zsh completion for sarray. What a word can become is sarray's own answer (`sarray __complete`); see complete.cpp there.

_sarray() {
  local program=${(Q)words[1]} line
  local -a offers texts answer
  answer=("${(@f)$(command ${program/#\~\//$HOME/} __complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  local result=1
  for line in "${answer[@]}"; do
    case $line in
      ($'\tfiles')
        # Of --output=FILE only the value is a file's name.
        [[ $PREFIX == --*=* ]] && compset -P '*='
        _files && result=0
        ;;
      ($'\tcommand '*)
        local begin=${line#$'\tcommand '}
        shift $begin words
        (( CURRENT -= begin ))
        _normal
        return
        ;;
      ('') ;;
      (*)
        offers+=("${line%%$'\t'*}")
        texts+=("${line/$'\t'/  -- }")
        ;;
    esac
  done
  (( $#offers )) && compadd -l -d texts -a offers && result=0
  return result
}

if [[ $funcstack[1] == _sarray ]]; then
  _sarray "$@"
else
  compdef _sarray sarray
fi
