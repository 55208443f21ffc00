#!/usr/bin/env bash
# The session's shell on a real terminal is the user's own: bash, zsh, fish and tcsh, each with its own start-up files and aliases, a marked
# prompt, ours first in PATH after all of them, and leaving by what is typed at the prompt. A real Slurm takes what they submit.
# run: 25 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/terminal.bash"
need_cluster
cd "$TEST_DIR"
real=$(type -P sbatch)
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state SLURM=${real%/*} PATH=${SARRAY%/*}:$PATH
unset PROMPT_COMMAND NO_COLOR ZDOTDIR SARRAY_SESSION LD_PRELOAD
printf '#!/bin/bash\necho "ran $*"\n' >job.slurm

# --- what users have in their start-up files: Slurm's folder first in PATH, an alias, a prompt ---------------
# fish makes completions in the background, unless that folder is there.
mkdir -p "$HOME/.config/fish" "$HOME/.local/share/fish/generated_completions" "$HOME/zsh"
posix='export PATH=$SLURM:$PATH
alias greet="echo hello from SHELLNAME"'
printf '%s\nPS1="own bash> "\n' "${posix/SHELLNAME/bash}" >"$HOME/.bashrc"
echo 'export FROM_ZSHENV=1' >"$HOME/.zshenv"
printf '%s\nPS1="own zsh> "\nprecmd() { last_status=$?; }\n' "${posix/SHELLNAME/zsh}" >"$HOME/.zshrc"
printf 'setenv PATH ${SLURM}:$PATH\nalias greet echo hello from tcsh\nset prompt = "own tcsh> "\nalias precmd "set seen_precmd"\n' >"$HOME/.cshrc"
printf 'set -gx PATH $SLURM $PATH\nalias greet "echo hello from fish"\nfunction fish_prompt\n  echo -n "own fish> "\nend\nset -g fish_greeting\n' >"$HOME/.config/fish/config.fish"

sessions_left() { [[ $(sarray sessions 2>/dev/null | tail -n 1) == *"$1"* ]]; }

# The same in each shell. What is typed is made of words that all of them know.
try_shell() { # NAME
  local shell
  shell=$(type -P "$1")
  open_terminal 150 50
  keys "SHELL=$shell sarray listen"
  wait_screen "[sarray] own $1>"
  keys greet
  wait_screen "hello from $1"
  keys 'sbatch job.slurm one'
  wait_screen '  (queued as job 1: job.slurm, 1 task)'
  # PATH is set again, as a module does; programs by their path.
  case $1 in
    tcsh) keys 'setenv PATH ${SLURM}:$PATH; sbatch job.slurm two; env sbatch job.slurm three' ;;
    fish) keys 'set -gx PATH $SLURM $PATH; sbatch job.slurm two; env sbatch job.slurm three' ;;
    *) keys 'PATH=$SLURM:$PATH; sbatch job.slurm two; env sbatch job.slurm three' ;;
  esac
  wait_screen '  (queued as job 3: job.slurm, 1 task, 3 in all)'
  keys "$real job.slurm four"
  wait_screen '  (queued as job 4: job.slurm, 1 task, 4 in all)'
  keys 'which sbatch | grep -c /sessions/ || true; echo PATH is first'
  wait_screen 'PATH is first'
  # In a program it does not end the session.
  keys "sh -c 'sarray submit --parsable'; echo still here"
  wait_screen 'still here'
  keys 'sbatch job.slurm five; clear'
  wait_screen "[sarray] own $1>"
  keys 'sarray submit'
  wait_screen "sarray: submitted; the session is over: sbatch is Slurm's again
hint: sarray status "
  keys 'echo "outside ${SARRAY_SESSION:-none}"'
  wait_screen 'outside none'
  [[ $(screen) != *'may come from'* ]] || fail "$1: $(screen)"
  end_terminal
}
for shell in bash zsh fish tcsh; do
  try_shell "$shell"
done

# --- zsh: ZDOTDIR of the environment, and of .zshenv; jobs see the user's ----------------------------------------
cp "$HOME/.zshrc" "$HOME/zsh/.zshrc"
sed -i 's/own zsh/other zsh/' "$HOME/zsh/.zshrc"
cat >zdotdir.slurm <<'END'
#!/bin/bash
echo "ZDOTDIR=${ZDOTDIR-unset} ${FROM_ZSHENV-none}" >zdotdir.seen
env | grep -c '/sessions/' >>zdotdir.seen
END
for how in environment zshenv; do
  if [[ $how == zshenv ]]; then echo 'export ZDOTDIR=$HOME/zsh' >>"$HOME/.zshenv"; fi
  if [[ $how == environment ]]; then cp "$HOME/.zshenv" "$HOME/zsh/"; fi
  open_terminal 150 50
  keys "$([[ $how == zshenv ]] || echo "ZDOTDIR=$HOME/zsh ")SHELL=$(type -P zsh) sarray listen"
  wait_screen '[sarray] other zsh>'
  keys 'sbatch -o /dev/null zdotdir.slurm; sh -c "sarray submit --parsable >id"; echo done "$?"; exit'
  wait_screen 'done 0'
  wait_screen 'outer>'
  wait_job "$(cat id)"
  assert_eq "ZDOTDIR=$HOME/zsh 1"$'\n0' "$(cat zdotdir.seen)" "ZDOTDIR by the $how"
  end_terminal
done

# --- another shell in .bashrc ------------------------------------------------------------------------------------------
: >"$HOME/.zshenv"
cp "$HOME/.bashrc" bashrc
for shell in zsh fish tcsh; do
  for how in "exec $shell" "exec $(type -P $shell) -i" "OTHER=$shell; exec \"\$OTHER\""; do
    { cat bashrc; echo "case \$- in *i*) $how ;; esac"; } >"$HOME/.bashrc"
    open_terminal 150 50
    keys 'SHELL=/bin/bash sarray listen'
    wait_screen "[sarray] own $shell>"
    keys greet
    wait_screen "hello from $shell"
    keys 'sbatch job.slurm one'
    wait_screen '  (queued as job 1: job.slurm, 1 task)'
    keys "sh -c 'command -v sbatch; env' >seen; clear"
    wait_screen "[sarray] own $shell>"
    wait_until 'it is seen' file_has seen SHLVL
    assert_contains "$(head -n 1 seen)" /sessions/ "$how: ours is first in PATH"
    assert_eq "HOME=$HOME" "$(grep -E '^(HOME|XDG_DATA_DIRS|SARRAY_XDG|SARRAY_HOME)=' seen)" "$how: variables"
    rm seen
    keys 'clear'
    wait_screen "[sarray] own $shell>"
    keys 'sarray submit'
    wait_screen "sarray: submitted; the session is over: sbatch is Slurm's again"
    end_terminal
  done
done
# One that is not there, and bash goes on.
{ cat bashrc; echo 'shopt -s execfail; exec /nonexistent/tcsh; [[ $HOME != */sessions/* ]] || echo wrong; exec /nonexistent/fish'; } >"$HOME/.bashrc"
open_terminal 150 50
keys 'SHELL=/bin/bash sarray listen'
wait_screen '[sarray] own bash>'
[[ $(screen) != *wrong* ]] || fail "after a failed exec: $(screen)"
keys '{ env; echo "flags $-"; } >seen; clear'
wait_until 'it is seen' file_has seen flags
assert_eq "HOME=$HOME" "$(grep -E '^(HOME|XDG_DATA_DIRS|SARRAY_XDG|SARRAY_HOME)=|flags.*T' seen)" 'variables and flags after a failed exec'
end_terminal
cp bashrc "$HOME/.bashrc"

# --- no colour ----------------------------------------------------------------------------------------------------
for shell in bash zsh fish tcsh; do
  for without in NO_COLOR=1 TERM=dumb; do
    open_terminal 150 50
    keys "env $without SHELL=$(type -P "$shell") sarray listen"
    wait_screen "[sarray] own $shell>"
    [[ $(screen -e) != *$'\e['*'m[sarray]'* ]] || fail "$shell with $without: the mark is coloured: $(screen -e | cat -v)"
    end_terminal
  done
  open_terminal 150 50
  keys "SHELL=$(type -P "$shell") sarray listen"
  wait_screen "[sarray] own $shell>"
  [[ $(screen -e) == *$'\e['*'m[sarray]'* ]] || fail "$shell: the mark is not coloured: $(screen -e | cat -v)"
  end_terminal
done

# --- a shell that is not known, and commands that come from no terminal -----------------------------------------------
ln -s "$(type -P dash)" ksh
assert_contains "$(SHELL=$PWD/ksh sarray listen </dev/null 2>&1)" "sarray: note: the session's shell is bash; $PWD/ksh is not known to sarray" 'another shell'
assert_contains "$(SHELL=/nonexistent/zsh sarray listen </dev/null 2>&1)" "sarray: note: the session's shell is bash; /nonexistent/zsh cannot be run" 'a shell that is gone'
assert_contains "$(SHELL=$(type -P zsh) sarray listen <<<'echo $BASH_VERSION' 2>&1)" "the commands come from no terminal, and are run by bash, not by " 'no terminal'
echo 'bash, zsh, fish, tcsh: each with its own files, and recorded'
