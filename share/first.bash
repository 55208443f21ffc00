# Read by the bash of a listen session whose commands come from no terminal, before the first of them (BASH_ENV).
# shellcheck shell=bash disable=SC1091,SC2034
BASH_ENV=$SARRAY_SHARE/child.bash
. "$SARRAY_SHARE/listen.bash"
if [[ -n ${SARRAY_COMMANDS-} && $(trap -p DEBUG) == *__sarray_before* ]]; then
  # bash has its own descriptor of the commands by the first of them. Programs must not inherit this one: it keeps the pipe open.
  trap 'eval "exec $SARRAY_COMMANDS<&-"; unset SARRAY_COMMANDS; trap __sarray_before DEBUG; __sarray_before' DEBUG
fi
