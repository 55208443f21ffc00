#!/usr/bin/env bash
# What ends a session, on a real Slurm: only a submit or a cancel that is typed at its prompt and leaves nothing queued. And which files
# submit leaves in the user's folder.
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
mkdir "$HOME"
unset PROMPT_COMMAND NO_COLOR
printf '#!/bin/bash\necho "job $*"\n' >job.slurm
last_session() { sarray sessions | tail -n 1 | cut -d ' ' -f 1; }

# --- a script goes on after its submit ------------------------------------------------------------
out=$(printf 'sbatch job.slurm a\nsarray submit --parsable && echo after\n(sbatch job.slurm b; sarray submit --parsable; echo sub)\nsbatch job.slurm c\necho next\n' |
  sarray listen 2>err) || fail "a script with submits: $(cat err)"
assert_contains "$out" $'\nafter\n' 'what stands after a submit in its line is run'
assert_contains "$out" $'\nsub\n' 'what stands after a submit in a subshell is run'
assert_contains "$out" $'\nnext' 'what stands after a submit in a script is run'
assert_contains "$(cat err)" 'keeps 1 job (1 task)' 'what is recorded after a submit is kept'
name=$(last_session)

# --- a session that is over refuses, by its name ----------------------------------------------------
saved=$(sarray listen 2>/dev/null <<<'sbatch job.slurm d >/dev/null; export -p')
over=$(last_session)
words=$(bash -c "$saved"$'\n'"sbatch job.slurm e" 2>&1) && fail "a call after the end was taken: $words"
assert_contains "$words" "sarray: error: session $over is over: nothing was recorded, and nothing was submitted
hint: sarray listen --resume $over opens it again; Slurm's own sbatch is $(type -P sbatch)" 'an environment that was saved in a session'
assert_contains "$(python3 - "$saved" <<'E' 2>&1
import re, shlex, subprocess, sys
env = {}
for line in sys.argv[1].splitlines():
    found = re.match(r"declare -x (SARRAY_\w+|PATH|BASH_ENV|HOME|SLURM_CONF)=(.*)", line)
    if found:
        env[found.group(1)] = shlex.split(found.group(2))[0]
subprocess.run("sbatch job.slurm f", shell=True, env=env)
E
)" "session $over is over" 'the same without bash'
assert_contains "$(sarray list --session "$over")" '1 job, 1 task' 'nothing was added'
# The session opens again, and a saved environment does not keep a new one from being begun.
assert_contains "$(sarray listen --resume "$over" 2>/dev/null <<<'sbatch job.slurm g; sarray list')" '2 jobs, 2 tasks' 'resumed'
assert_contains "$(bash -c "$saved"$'\nsarray listen <<<"sbatch job.slurm h; sarray list; echo \\$SARRAY_SESSION"' 2>&1)" '1 job, 1 task' 'a new session from a saved environment'

# --- cancel: the queue, and back --------------------------------------------------------------------
sarray listen >/dev/null 2>cancel.err <<<'for i in {1..12}; do sbatch job.slurm $i; done; sarray cancel'
assert_contains "$(cat cancel.err)" 'sarray: dropped 12 jobs' 'how many are dropped'
name=$(last_session)
assert_contains "$(cat cancel.err)" "sarray listen --resume $name queues them again, until the session is pruned" 'how to get them back'
assert_contains "$(sarray sessions | tail -n 1)" 'cancelled' 'its state'
out=$(sarray listen --resume "$name" 2>err <<<'sarray list | tail -n 1; sarray submit --parsable >id; sarray list')
assert_eq $'12 jobs, 12 tasks\nthe queue is empty' "$out" 'restored, and submitted'
assert_contains "$(cat err)" '12 jobs that had been cancelled are queued again' 'it says so'
wait_job "$(cat id)"
assert_eq 12 "$(own_outputs "$(cat id)" | sort -u | grep -c '^job ')" 'they run'
words=$(sarray cancel 2>&1) && fail 'cancel without an id outside of a session'
assert_contains "$words" 'sarray: error: no session' 'cancel without an id outside of a session'

# --- files of the user's ----------------------------------------------------------------------------
mkdir own locked
echo 'sbatch --wrap true' >queue
(cd own && echo 'my own notes' >sarray.slurm && sarray submit ../queue >/dev/null 2>../err) || fail "submit beside a file of the user's: $(cat err)"
assert_eq 'my own notes' "$(cat own/sarray.slurm)" 'a file of the user'\''s is left alone'
assert_contains "$(cat err)" 'sarray: note: sarray.slurm: it was not written by sarray, and stays as it is; the script is ' 'the note'
copy=$(sed -n 's/^sarray: note: sarray.slurm: .*; the script is //p' err)
assert_contains "$(head -n 2 "$copy")" 'merged by sarray' 'the copy'
ln -sf own/sarray.slurm sarray.slurm
sarray submit queue >/dev/null 2>&1 || fail 'submit beside a link'
[[ -L sarray.slurm && $(cat own/sarray.slurm) == 'my own notes' ]] || fail 'a link was replaced, or followed'
rm sarray.slurm
sarray submit queue >/dev/null 2>&1
sarray submit -o sarray.slurm queue >/dev/null 2>err
assert_eq '' "$(grep note err || true)" 'our own file is replaced'
# An edited copy of ours is the user's.
sarray submit -n -o mine.slurm queue >/dev/null 2>&1
sarray submit -n -o mine.slurm queue >/dev/null 2>err || fail "our own file is replaced: $(cat err)"
sed -i 's/^#SBATCH --job-name=wrap$/#SBATCH --job-name=mine/' mine.slurm # the length stays: the table is found by its place
words=$(sarray submit -n -o mine.slurm queue 2>&1 >/dev/null) && fail 'an edited copy was overwritten by a dry run'
assert_contains "$words" 'sarray: error: mine.slurm: it was edited after sarray wrote it, and is not overwritten' 'an edited copy, and -n -o'
sarray submit -o mine.slurm queue >/dev/null 2>err || fail "submit beside an edited copy: $(cat err)"
assert_contains "$(cat err)" 'sarray: note: mine.slurm: it was edited after sarray wrote it, and stays as it is; the script is ' 'an edited copy, and submit'
assert_eq 1 "$(grep -c '^#SBATCH --job-name=mine' mine.slurm)" 'the edit is there'
id=$(sbatch --parsable -o by-hand.out mine.slurm)
wait_job "$id"
assert_eq COMPLETED "$(job_field "$id" JobState)" 'the edited copy runs by hand'
cp queue "$TEST_DIR/locked/"
chmod 755 locked
cp "$SARRAY" "$TEST_DIR/sarray"
chmod 755 sarray
as_user sarray-test bash -c "cd $TEST_DIR/locked && $TEST_DIR/sarray submit --parsable -o /dev/null queue" 2>err && fail '-o /dev/null'
assert_contains "$(cat err)" 'sarray: error: /dev/null: it is not a plain file' 'a device'
[[ -c /dev/null ]] || fail '/dev/null was replaced'
id=$(as_user sarray-test bash -c "cd $TEST_DIR/locked && $TEST_DIR/sarray submit --parsable queue -o /tmp/sarray-test-none/x" 2>err) && fail '-o FILE that cannot be written'
assert_contains "$(cat err)" 'nothing was submitted' 'it fails before anything is submitted'
id=$(as_user sarray-test bash -c "cd $TEST_DIR/locked && $TEST_DIR/sarray submit --parsable queue" 2>err) || fail "submit in a folder that cannot be written to: $(cat err)"
assert_contains "$(cat err)" 'sarray: note: sarray.slurm: Permission denied; the script is ' 'a folder that cannot be written to'
wait_job "$id"

# --- at the prompt ------------------------------------------------------------------------------------
echo "PS1='prompt> '" >"$HOME/.bashrc"
socket=$TEST_DIR/tmux
screen() { tmux -S "$socket" capture-pane -p -t s -S -200; }
end_terminal() { tmux -S "$socket" kill-server 2>/dev/null || :; }
keys() { tmux -S "$socket" send-keys -t s "$@" Enter; }
wait_screen() { # TEXT: until it stands on the screen
  local i
  for ((i = 0; i < 200; i++)); do
    [[ $(screen) == *"$1"* ]] && return
    sleep 0.1
  done
  fail "never on the screen: $1"$'\n'"$(screen)"
}
tmux -S "$socket" -f /dev/null new-session -d -s s -x 150 -y 50 "env PS1='outer> ' bash --norc"
at_exit end_terminal
wait_screen 'outer>'
keys 'sarray listen'
wait_screen "sarray: sbatch is recorded here until 'sarray submit' or exit"
wait_screen '[sarray]'
keys '(sbatch job.slurm p1; sarray submit --parsable); echo "still $((1+0)) in ${SARRAY_SESSION:+it}"'
wait_screen 'still 1 in it'
keys 'go() { sbatch job.slurm p2; sarray submit --parsable; }; go; echo "still $((1+1)) in ${SARRAY_SESSION:+it}"'
wait_screen 'still 2 in it'
keys 'for i in 1 2; do sbatch job.slurm p3; sarray submit --parsable; done; sbatch job.slurm p4; echo "still $((1+2)) in ${SARRAY_SESSION:+it}"'
wait_screen 'still 3 in it'
keys 'echo "still $((1+3)) in ${SARRAY_SESSION:+it}"'
wait_screen 'still 4 in it'
keys 'sarray submit; echo "the rest of the line $((1+4))"'
wait_screen 'the rest of the line 5'
wait_screen "sarray: submitted; the session is over: sbatch is Slurm's again
hint: sarray status "
keys 'echo "outside $((1+5)) ${SARRAY_SESSION:-none}"'
wait_screen 'outside 6 none'
# From ten jobs on cancel asks.
keys 'sarray listen'
wait_screen 'outside 6 none'
keys 'for i in {1..10}; do sbatch job.slurm $i; done; sarray cancel'
wait_screen 'sarray: drop 10 jobs of session '
keys 'n'
wait_screen 'sarray: error: cancel: nothing was dropped'
keys 'sarray list | tail -n 1'
wait_screen '10 jobs, 10 tasks'
keys 'sarray cancel --yes'
wait_screen 'sarray: dropped 10 jobs'
wait_screen "sarray: the session is over: sbatch is Slurm's again"
echo "the end of sessions, and whose file sarray.slurm is"
