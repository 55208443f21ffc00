# fish completion for sarray. What a word can become is sarray's own answer (`sarray __complete`); see complete.cpp there.

function __sarray_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    for line in (command $program __complete -- $words "$current" 2>/dev/null)
        switch $line
            case \t'files'
                __fish_complete_path "$current"
            case \t'command *'
                set -l begin (string replace \t'command ' '' -- $line)
                complete -C (string join ' ' -- (string escape -- $words[$begin..-1]) "$current")
            case '*'
                echo $line
        end
    end
end

complete -c sarray -f -a '(__sarray_complete)'
