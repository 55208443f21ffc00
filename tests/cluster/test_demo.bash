#!/usr/bin/env bash
# `make demo`'s program, beside a Slurm that is configured already, which it must not touch.
# run: 15
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster --own # whose job ids nobody else takes
demo=$(readlink -f "$(dirname "$0")/../../tools/demo")
cd "$TEST_DIR"
before=$(scontrol show config | grep -E '^NEXT_JOB_ID')
out=$(SBATCH_PARTITION=nosuch timeout 150 "$demo" "$SARRAY" </dev/null 2>&1) || fail "demo"$'\n'"$out"
assert_contains "$out" '#SBATCH --array=0-29' 'the dry run'
assert_contains "$out" '  7    24-29  2,4-8  sbatch              << cat notes.txt' 'the table'
assert_contains "$out" '30 of 30 tasks done' 'the progress'
assert_contains "$out" '24 of 30 done (80 %), 6 failed' 'the tasks that fail'
assert_contains "$out" 'cat: notes.txt: No such file or directory' 'why they failed'
assert_contains "$out" '6 of 6 tasks done' 'the retry'
assert_contains "$out" '30 of 30 done (100 %)' 'the end of it all'
assert_contains "$out" 'training mnist with seed 9 of 10, LR=0.1' "a task's output"
assert_contains "$out" '== 30 tasks of 7 sbatch calls ran as the one array ' 'the end'
assert_eq "$before" "$(scontrol show config | grep -E '^NEXT_JOB_ID')" 'the configured Slurm is untouched'
echo "30 tasks in one array, the configured Slurm untouched"
