# The end of the start-up of a fish that a session's .bashrc executes (XDG_DATA_DIRS): fish reads this before the user's own files.
# SARRAY_SHARE is the session's folder; SARRAY_XDG what XDG_DATA_DIRS was, or "unset".
if test "$SARRAY_XDG" = unset
    set -e XDG_DATA_DIRS
else
    set -gx XDG_DATA_DIRS $SARRAY_XDG
end
set -e SARRAY_XDG
if status is-interactive
    function __sarray_begin --on-event fish_prompt
        functions -e __sarray_begin
        source $SARRAY_SHARE/listen.fish
        __sarray_prompt
    end
end
