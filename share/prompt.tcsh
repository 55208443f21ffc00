# Before each prompt of a listen session's tcsh. After a submit or a cancel at the prompt that left nothing queued the shell ends; not if
# something was recorded since.
if (-e "$SARRAY_SHARE/leave") then
  if ("`cut -d ' ' -f 1 $SARRAY_SHARE:q/leave`" == "`stat -c %s $SARRAY_SHARE:q/journal`") then
    touch "$SARRAY_SHARE/over"
    set __sarray_over
  else
    rm -f "$SARRAY_SHARE/leave"
  endif
endif
# Start-up files and modules put their folders first in PATH.
if ("$PATH" !~ "$SARRAY_BIN":*) setenv PATH "${SARRAY_PATH}:$PATH"
if (! $?prompt) set prompt = '> '
if ("$prompt:q" !~ *'sarray]'*) then
  if ($?NO_COLOR || "$TERM" == dumb) then
    set prompt = "[sarray] $prompt:q"
  else
    set prompt = "%{\033[1;33m%}[sarray]%{\033[0m%} $prompt:q"
  endif
endif
