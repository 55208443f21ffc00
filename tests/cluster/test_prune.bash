#!/usr/bin/env bash
# sarray sessions --prune: removes and names what is over and old; keeps what Slurm or anybody still needs.
# run: 6 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH TZ=UTC
unset SARRAY_SESSION
printf '#!/bin/bash\nsleep "$1"\n' >job.slurm
names() { sarray sessions --json | python3 -c 'import json,sys; print(*(s["state"] for s in json.load(sys.stdin)["sessions"]))'; }

sarray listen <<<'sbatch job.slurm 0' >/dev/null 2>&1             # left, with a job
sarray listen <<<'true' >/dev/null 2>&1                           # empty
sarray listen <<<'sbatch job.slurm 300; sarray submit' >log 2>&1  # submitted, and it runs
id=$(squeue -h -o '%A %Z' | awk -v dir="$TEST_DIR" '$2 == dir { print $1; exit }')
assert_eq 'left empty submitted' "$(names)" 'three sessions'

assert_eq 'removed 0 sessions and 0 submissions' "$(sarray sessions --prune)" 'nothing is old'
find state/sessions state/submissions -exec touch -h -d '2020-01-02 03:04' {} +
words=$(sarray sessions --prune -n)
assert_contains "$words" 'would remove 2 sessions and 0 submissions' 'a dry run'
assert_eq 'left empty submitted' "$(names)" 'after a dry run'

# While the shell of one lives it stays.
mkfifo hold
sarray listen <hold >/dev/null 2>&1 &
shell=$!
exec 7>hold
is_open() { [[ $(names) == *open ]]; }
wait_until 'the session opens' is_open
find state/sessions -name journal -exec touch -d '2020-01-02 03:04' {} +
words=$(sarray sessions --prune)
assert_contains "$words" ': empty, 2020-01-02 03:04' 'what was empty'
assert_contains "$words" ': submitted, 2020-01-02 03:04' 'what was submitted'
assert_contains "$words" 'removed 2 sessions and 0 submissions' 'the array still runs'
assert_eq 'left open' "$(names)" 'after it'
exec 7>&-
wait "$shell"

# Slurm must say that it no longer has the array.
words=$(PATH=${SARRAY%/*}:/usr/nowhere sarray sessions --prune --older-than 1000000 2>&1)
assert_contains "$words" 'sarray: note: no submission is removed, since Slurm does not say which of them it still has' 'no squeue'
scancel "$id"
wait_job "$id"
find state/submissions -exec touch -h -d '2020-01-02 03:04' {} +
assert_contains "$(sarray sessions --prune)" 'and 0 submissions' 'Slurm still shows the array, as cancelled'
mkdir fake
printf '#!/bin/sh\nexit 0\n' >fake/squeue # as after MinJobAge
printf '#!/bin/sh\nexec %q "$@"\n' "$(type -P sbatch)" >fake/sbatch
chmod +x fake/*
words=$(PATH=$PWD/fake:$PATH sarray sessions --prune)
assert_contains "$words" "removed submission $id (" 'Slurm has forgotten it'
assert_eq '' "$(ls state/submissions)" 'submissions left'
words=$(sarray sessions --keep 1 2>&1) && fail '--keep without --prune'
assert_contains "$words" 'are for --prune' 'its words'
assert_eq left "$(names)" 'the one with a job'
echo 'sessions and submissions are pruned, none that is needed'
