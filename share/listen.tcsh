# The ~/.tcshrc of a listen session's tcsh: tcsh has no other way to be told of a file. HOME is the session's until here.
# SARRAY_BIN is the folder with our sbatch; SARRAY_SHARE the session's folder; SARRAY_HOME what HOME was.
setenv HOME "$SARRAY_HOME"
set home = "$SARRAY_HOME"
unsetenv SARRAY_HOME
if (-r "$home/.tcshrc") then
  source "$home/.tcshrc"
else if (-r "$home/.cshrc") then
  source "$home/.cshrc"
endif

# Before each prompt, after what the user has there. An exit in a sourced file would not end the shell.
set __sarray_own = "`alias precmd`"
if ("$__sarray_own" == '') then
  alias precmd 'source "$SARRAY_SHARE/prompt.tcsh"; if ($?__sarray_over) exit 0'
else
  alias __sarray_precmd "$__sarray_own"
  alias precmd '__sarray_precmd; source "$SARRAY_SHARE/prompt.tcsh"; if ($?__sarray_over) exit 0'
endif
unset __sarray_own
# Only what is typed at the prompt can end the session.
alias sarray 'env SARRAY_AT_PROMPT=1 $SARRAY_BIN:q/sarray'
