#!/usr/bin/env bash
# The session's shell, on a real terminal (tmux) and without one: prompt, PATH, startup files, leaving and coming back.
# run: 12 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/terminal.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
mkdir "$HOME"
unset PROMPT_COMMAND NO_COLOR
cat >job.slurm <<'END'
#!/bin/bash
echo "job $*"
END

# --- commands from no terminal -------------------------------------------------------------------
before=$(env -0 | sort -z | tr '\0' '\n')
out=$(sarray listen <<'END'
type -P sbatch >where
sbatch job.slurm a
bash -c 'sbatch job.slurm b'
sh -c 'sbatch job.slurm c'
echo "$PATH" >path
false
END
) && fail "the status of the last command is lost"
assert_eq "Submitted batch job 2000000001
Submitted batch job 2000000002
Submitted batch job 2000000003" "$out" 'answers of recorded calls'
assert_contains "$(cat where)" "$SARRAY_STATE_DIR/sessions/" 'our sbatch is first in PATH'
assert_eq "$before" "$(env -0 | sort -z | tr '\0' '\n')" 'the parent shell is untouched'
[[ $(type -P sbatch) != *"$SARRAY_STATE_DIR"* ]] || fail 'our sbatch is in PATH outside of the session'

# --- what was left is listed, resumed, submitted from outside ---------------------------------------
sessions=$(sarray sessions)
assert_contains "$sessions" 'left' 'the session is kept'
name=$(sarray sessions --json | python3 -c 'import json,sys; s=json.load(sys.stdin)["sessions"]; assert len(s)==1 and s[0]["jobs"]==3 and s[0]["state"]=="left", s; print(s[0]["name"])')
assert_eq "$PWD" "$(sarray sessions --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["sessions"][0]["directory"])')" 'where its calls were made'
# 80 columns have the state whole, and the end of the folder's name.
words=$(script -qec 'stty cols 80; "$SARRAY" sessions' /dev/null </dev/null | tr -d '\r')
[[ $words =~ \ left\ +\.\.\.[^\ ]*${PWD: -8}$ ]] || fail "80 columns: $words"
assert_eq 80 "$(wc -L <<<"$words")" 'their width'
assert_eq "sarray: error: no session: this shell is not inside 'sarray listen'
hint: --session $name (3 jobs), or sarray listen" "$(sarray submit 2>&1)" 'a session that was left is named'
words=$(script -qec '"$SARRAY" listen --resume' /dev/null <<<'exit' 2>&1)
assert_contains "$words" "sarray: session $name: 3 jobs queued, the last from $PWD" 'a person is told what is resumed'
words=$(sarray listen --resume <<<'sbatch job.slurm d; sarray list --json' 2>resume.err | tail -n 1)
assert_eq 4 "$(python3 -c 'import json,sys; print(len(json.loads(sys.argv[1])["jobs"]))' "$words")" 'jobs after --resume'
assert_contains "$(cat resume.err)" "sarray: session $name keeps 4 jobs (4 tasks)
hint: sarray listen --resume $name, or sarray submit --session $name" 'how to come back'
id=$(sarray submit --session "$name" --parsable 2>/dev/null)
wait_job "$id"
assert_eq 'job a job b job c job d' "$(own_outputs "$id" | sort | tr '\n' ' ' | sed 's/ $//')" 'outputs'
assert_contains "$(sarray submit --session "$name" 2>&1 || true)" 'sarray: error: nothing to submit: every job of the session is submitted already' 'a second submit'

# --- a call after the submit of a script is recorded ---------------------------------------------------
printf '#!/bin/bash\nsbatch job.slurm e\nsarray submit\n' >helper
chmod +x helper
sarray listen <<<'./helper; sbatch job.slurm f' >late.out 2>late.err || fail "calls around a submit: $(cat late.err)"
assert_contains "$(cat late.out)" 'Submitted batch job 20000000' 'the call after the submit is answered'
late=$(sarray sessions | tail -n 1)
assert_contains "$late" 'left' 'the session keeps it'
assert_contains "$(cat late.err)" "sarray: session ${late%% *} keeps 1 job (1 task)
hint: sarray listen --resume ${late%% *}, or sarray submit --session ${late%% *}" 'the end of listen says so'
assert_contains "$(sarray listen --resume 2>/dev/null <<<'sarray list')" 'job.slurm f' 'listen --resume finds it'
id=$(sarray submit --session "${late%% *}" --parsable 2>/dev/null)
wait_job "$id"
assert_eq 'job f' "$(own_outputs "$id")" 'it runs'

# --- a job that the real sbatch got, without the library, takes the session to the node: there sbatch submits ----------
real=$(type -P sbatch)
printf '#!/bin/bash\necho "step 2 of $STEP" >%q/step2\n' "$PWD" >step2.slurm
printf '#!/bin/bash\nSTEP=one sbatch -o /dev/null %q/step2.slurm\nenv -i PATH="$PATH" SLURM_JOB_ID="$SLURM_JOB_ID" SLURM_CONF="$SLURM_CONF" sbatch --parsable -H -o /dev/null --wrap true\n' "$PWD" >step1.slurm
SARRAY_INTERCEPT=off sarray listen <<<"$real -o step1.out step1.slurm" >step1.id 2>step1.err
wait_job "$(sed 's/Submitted batch job //' step1.id)"
assert_contains "$(cat step1.out)" 'Submitted batch job ' 'step 1 submits'
wait_until 'step 2 runs' test -s step2
assert_eq 'step 2 of one' "$(cat step2)" 'step 2 runs'
held=$(tail -n 1 step1.out)
assert_eq PENDING "$(job_field "$held" JobState)" 'without our variables, too'
scancel "$held"
assert_eq 'sarray: session' "$(sarray listen 2>&1 >/dev/null <<<'SLURM_JOB_ID= sbatch job.slurm g' | head -n 1 | cut -c 1-15)" 'no job at all'
words=$(salloc -Q -n 1 bash -c 'sarray listen <<<"sbatch job.slurm h; env -i PATH=\$PATH SLURM_JOB_ID=\$SLURM_JOB_ID sbatch job.slurm h; sarray cancel"' 2>/dev/null)
assert_contains "$words" 'Submitted batch job 20000000' 'a session inside of salloc records'
[[ $words == *'job 2'*'job 2'* ]] || fail "a session inside of salloc does not record without our variables: $words"

# --- listen is killed, and its shell goes on ----------------------------------------------------------------
mkfifo commands
sarray listen <commands >/dev/null 2>&1 &
listen=$!
exec 7>commands
echo 'sbatch job.slurm i; sarray drop 1; touch begun' >&7
wait_until 'the session records' test -e begun
kill -9 "$listen"
wait "$listen" 2>/dev/null || true
name=$(sarray sessions | tail -n 1)
assert_contains "$name" 'open, shell ' 'its shell lives'
name=${name%% *}
assert_contains "$(sarray sessions --prune --older-than 0)" 'removed ' 'prune'
[[ -d $SARRAY_STATE_DIR/sessions/$name ]] || fail 'the session of a living shell was pruned'
assert_contains "$(sarray listen --resume "$name" </dev/null 2>&1 || true)" "sarray: error: session $name: its shell still runs" 'nor is it resumed'
echo "sh -c 'sbatch job.slurm j'; touch ended" >&7
wait_until 'the session goes on' test -e ended
exec 7>&-
is_left() { [[ $(sarray sessions | tail -n 1) == *left* ]]; }
wait_until 'the session is left' is_left
assert_contains "$(sarray list --session "$name")" 'job.slurm j' 'it still records'
sarray cancel --session "$name" 2>/dev/null

# --- a folder that PATH cannot hold ---------------------------------------------------------------------------
words=$(SARRAY_STATE_DIR=$PWD/a:b sarray listen 2>&1 <<<'sbatch job.slurm k') && fail 'a state folder with a colon'
assert_eq "sarray: error: state folder: $PWD/a:b has a colon in its name, which PATH cannot hold
hint: export SARRAY_STATE_DIR=/a/folder/without/a/colon" "$words" 'a state folder with a colon'

# --- an exported function of the user's own -----------------------------------------------------------
cat >function.slurm <<'END'
#!/bin/bash
echo "$SLURM_JOB_NAME"
declare -fp sbatch 2>&1 | tr -s '\n ' ' '
END
printf '#!/bin/bash\nsbatch -o %%x-$1.out function.slurm\n' >child
chmod +x child
mkdir alone merged
calls="sbatch() { command sbatch -J viafunc \"\$@\"; }
export -f sbatch
../child script
bash -c 'sbatch -o %x-bash.out ../function.slurm; true'"
sed -i 's,function.slurm,../function.slurm,' child
(
  cd alone
  bash -c "$calls" | while read -r _ _ _ id; do wait_job "$id"; done
)
(
  cd merged
  name=$(sarray listen 2>&1 >/dev/null <<<"$calls" | sed -n 's/^sarray: session \(\S*\) keeps.*/\1/p')
  wait_job "$(sarray submit --session "$name" --parsable 2>/dev/null)"
)
assert_eq "$(cd alone && tail -n +1 ./*.out)" "$(cd merged && tail -n +1 ./*.out)" 'jobs see the function as they do alone'
assert_contains "$(cat merged/viafunc-script.out)" 'command sbatch -J viafunc' 'the function was called'
sarray listen >leak.log 2>&1 <<<"set -a; export SHELLOPTS; bash -c 'sbatch job.slurm; true'; cp \$SARRAY_SHARE/journal leak; sarray cancel"
assert_contains "$(cat leak.log)" 'Submitted batch job 20000000' 'a call where everything is exported'
[[ $(tr -d '\0' <leak) != *BASH_FUNC_sbatch* ]] || fail 'our function is in the recorded environment'

# --- commands that read standard input take no commands away ----------------------------------------
printf 'import sys\nprint("python read", repr(sys.stdin.read()))\n' >reads.py
cat >reads <<'END'
cat
sbatch job.slurm one
python3 reads.py
read -r line || echo "read nothing"
sbatch --wrap 'true' </dev/stdin
sbatch <<'S'
#!/bin/bash
true
S
find /proc/self/fd -lname 'pipe:*' -name 60 | grep . && echo 'the pipe of the commands is inherited'
sbatch job.slurm two
echo "last line"; sarray list --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["jobs"]), "jobs")'
sarray cancel >/dev/null
END
wanted="python read ''"$'\nread nothing\nlast line\n4 jobs'
for way in file pipe here; do
  case $way in
    file) said=$(sarray listen <reads 2>read.err) ;;
    pipe) said=$(cat reads | sarray listen 2>read.err) ;;
    here) said=$(sarray listen <<<"$(cat reads)" 2>read.err) ;;
  esac
  assert_eq "$wanted" "$(grep -v '^Submitted batch job' <<<"$said")" "commands from a $way: $(cat read.err)"
done
# They come as they are written: whoever writes them may wait for what one did.
mkfifo commands.fifo
sarray listen <commands.fifo >step.out 2>&1 &
listen=$!
exec 7>commands.fifo
echo 'echo first; sbatch job.slurm three' >&7
wait_until 'the first command is run before the second is written' file_has step.out 'Submitted batch job'
echo 'sarray cancel; exit 5' >&7
status=0
wait "$listen" || status=$?
exec 7>&-
assert_eq 5 "$status" "the shell's own status, though its commands have not ended"

# --- a listen inside a listen ---------------------------------------------------------------------
nested=$(sarray listen <<<'sarray listen </dev/null' 2>&1 || true)
assert_contains "$nested" 'sarray: error: listen: this shell is already a listen session (' 'a nested listen'

# --- on a terminal --------------------------------------------------------------------------------
cat >"$HOME/.bashrc" <<'END'
PS1='prompt> '
mkdir -p "$HOME/bin"; printf '#!/bin/sh\necho impostor\n' >"$HOME/bin/sbatch"; chmod +x "$HOME/bin/sbatch"
PATH=$HOME/bin:$PATH
module() { PATH=$HOME/bin:${PATH//$HOME\/bin:/}; }
END
open_terminal 120 50
keys 'echo "outer level <$SHLVL>"'
level_is_shown() { level=$(screen | grep -oP '^outer level \K<\d+>'); }
wait_until 'the level of the outer shell' level_is_shown
keys 'sarray listen'
wait_screen '[sarray]'
[[ $(screen -e) == *$'\e[1m\e[33m[sarray]'* || $(screen -e) == *$'\e[1;33m[sarray]'* ]] || fail "the mark is not bold yellow: $(screen -e | cat -v)"
keys 'module load x; sbatch job.slurm t'
wait_screen '  (queued as job 1: job.slurm, 1 task)'
[[ $(screen) == *'Submitted batch job 20000000'??'  (queued as'* ]] || fail "one line for a call: $(screen)"
# What a program reads is sbatch's answer alone; then the note is a line on standard error.
keys 'id=$(sbatch --parsable job.slurm t); echo "<$id>"; sarray drop 2'
wait_screen 'sarray: queued as job 2: job.slurm, 1 task, 2 in all'
wait_screen '<2000000'
[[ $(screen) != *impostor* ]] || fail 'the sbatch of ~/.bashrc was called'
keys 'echo "inner level <$SHLVL>"'
wait_screen "inner level $level"
keys 'sarray cancel; echo after'
wait_screen 'sarray: dropped 1 job'
keys 'echo outer again $SARRAY_SESSION.'
wait_screen 'outer again .'
# A lost terminal keeps the queue.
keys 'clear; sarray listen'
wait_screen '[sarray]'
keys 'sbatch --array=0-4 job.slurm lost'
wait_screen '  (queued as job 1: job.slurm, 5 tasks)'
end_terminal
five_are_left() { [[ $(sarray sessions) == *' 5 '*left* ]]; }
wait_until 'the session of a lost terminal is left' five_are_left
assert_contains "$(sarray sessions | tail -n 1)" 'left' 'the session of a lost terminal'
sarray listen --resume 2>/dev/null <<<'sarray list -l' | grep -q -- '--array=0-4' || fail 'the queue of a lost terminal is lost'

# --- another shell without a terminal --------------------------------------------------------------------
assert_contains "$(SHELL=/bin/zsh sarray listen </dev/null 2>&1)" "sarray: note: the commands come from no terminal, and are run by bash, not by /bin/zsh" 'another shell'
echo "sessions, terminal, resume"
