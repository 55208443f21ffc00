# The end of the start-up of a listen session's fish (fish -C), after the user's own files.
# SARRAY_BIN is the folder with our sbatch; SARRAY_SHARE the session's folder.

# Puts our folders first in PATH again: start-up files and modules put theirs there.
function __sarray_first --on-event fish_preexec
    set -l first (string split : -- $SARRAY_PATH)
    test "$PATH[1]" = "$first[1]"; and return
    set -l rest
    for folder in $PATH
        contains -- $folder $first; or set -a rest $folder
    end
    set -gx PATH $first $rest
end

# Only what is typed at the prompt can end the session.
function sarray
    if test (count (status stack-trace | string match -r '^in function')) = 1; and not status is-command-substitution
        env SARRAY_AT_PROMPT=1 $SARRAY_BIN/sarray $argv
    else
        command sarray $argv
    end
end

# When our program cannot be run (the state folder is gone) the next sbatch in PATH is not taken.
if not functions -q sbatch
    function sbatch
        if test -x $SARRAY_BIN/sbatch
            $SARRAY_BIN/sbatch $argv
        else
            printf '%s\n' "sarray: error: session $SARRAY_SESSION is gone: nothing is recorded, nothing was submitted" "hint: $SARRAY_BIN/sbatch cannot be run; exit leaves the session" >&2
            return 1
        end
    end
end

function __sarray_status
    return $argv[1]
end

# Marks the prompt, also one that was defined since.
function __sarray_mark
    functions -q fish_prompt; and string match -q '*__sarray_own_prompt*' -- (functions fish_prompt); and return
    functions -e __sarray_own_prompt
    functions -q fish_prompt; and functions -c fish_prompt __sarray_own_prompt
    function fish_prompt
        set -l last $status
        if set -q NO_COLOR; or test "$TERM" = dumb
            printf '[sarray] '
        else
            printf '\e[1;33m[sarray]\e[0m '
        end
        __sarray_status $last
        __sarray_own_prompt
    end
end

# Before each prompt. After a submit or a cancel at the prompt that left nothing queued the shell ends; not if something was recorded since.
function __sarray_prompt --on-event fish_prompt
    if test -e $SARRAY_SHARE/leave
        set -l size (string split ' ' -- (cat $SARRAY_SHARE/leave))[1]
        if test "$size" = (command stat -c %s $SARRAY_SHARE/journal 2>/dev/null)
            true >$SARRAY_SHARE/over
            exit 0
        end
        command rm -f -- $SARRAY_SHARE/leave
    end
    __sarray_first
    __sarray_mark
end

__sarray_first
__sarray_mark
