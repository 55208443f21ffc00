#!/usr/bin/env bash
# What a user sees of many jobs: list at 80 columns, jobs without a file in every command, scripts and variables of a task.
# run: 20
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
lib=$(readlink -f "$(dirname "$0")/lib")
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH LC_ALL=C.UTF-8
unset SARRAY_SESSION

# --- list: 40 jobs of a sweep, of which the time differs
printf '#!/bin/bash\n#SBATCH --mem=100M\necho $*\n' >train.sh
cat >sweep.sh <<'D'
i=0
for lr in 0.1 0.01 0.001 0.0001; do
  for seed in 1 2 3 4 5 6 7 8 9 10; do
    sbatch --job-name=lr$lr-s$seed -c 1 --output=logs/%x-%j.out --time=$((i++ % 3 + 5)) train.sh --lr $lr --seed $seed
  done
done
D
sarray run --record-only -- bash sweep.sh >/dev/null 2>said
session=$(grep -o -- '--session [^ ,]*' said | head -n 1 | cut -d ' ' -f 2)
"$lib/on_terminal" 80 sarray list --session "$session" >list
tr -d '\r' <list >listed
assert_eq "in $PWD, all with --cpus-per-task=1 --mem=100M
  --output=logs/%x-%j.out" "$(head -n 2 listed)" 'what all jobs share'
assert_eq '40 jobs, 40 tasks' "$(tail -n 1 listed)" 'how many they are'
assert_eq 44 "$(wc -l <listed)" 'one line per job'
"$lib/check_lines" 80 <list >width || fail "list at 80 columns: $(cat width)"
assert_contains "$(sed -n 5p listed)" '  6       lr0.1-s2' 'the option that differs has a column'
assert_contains "$(sed -n 5p listed)" 'train.sh --lr 0.1 --seed 2' 'what the job runs'
[[ $(sed -n '3,$p' listed) != *--output* ]] || fail 'what all share is said again'
sarray list -l --session "$session" >details
assert_contains "$(cat details)" "job 2 lr0.1-s2: " 'the long form'
assert_contains "$(cat details)" "     command line: --cpus-per-task=1 --job-name=lr0.1-s2 --output=logs/%x-%j.out --time=6
     line 2: --mem=100M" 'with sources'
sarray cancel --session "$session" --yes 2>/dev/null

# --- jobs without a file
cat >calls.sh <<'D'
for lr in 0.1 0.01; do
  SEED=7 LR=$lr MY_TOKEN=secret$lr sbatch -J wrapped -o out-%a-$lr --wrap "python3 -c 'print(1/$lr)'"
  sbatch -J piped -o /dev/null <<X
#!/bin/bash
#SBATCH --comment=heredoc
# naïve comment
set -euo pipefail
cd "$HOME"
sleep 0.0 $lr 'naïve'
X
done
ONLY=1 sbatch -J filed -o /dev/null train.sh 'x y'
D
printf '#!/bin/bash\n# the bytes as they were: \xff\t\\\necho "$*"' >train.sh
cp train.sh as-recorded.sh
sarray run --record-only -- bash calls.sh >/dev/null 2>said
session=$(grep -o -- '--session [^ ,]*' said | head -n 1 | cut -d ' ' -f 2)
sarray list --session "$session" >list
for line in "\$ python3 -c 'print(1/0.1)'" "\$ python3 -c 'print(1/0.01)'" "<< sleep 0.0 0.1 'naïve'" "<< sleep 0.0 0.01 'naïve'" "train.sh 'x y'"; do
  assert_eq 1 "$(grep -cF -- "  $line" list)" "list shows $line once"
done
sarray submit -n --session "$session" --comment=same >script 2>/dev/null
for line in "\$ python3 -c 'print(1/0.1)'" "<< sleep 0.0 0.01 'na"; do
  assert_eq 1 "$(grep -a '^#' script | grep -acF -- "  $line")" "the head of the script shows $line"
done
echo changed >train.sh
id=$(sarray submit --session "$session" --parsable --comment=same 2>err) || fail "submit: $(cat err)"
wait_job "$id"
status=$(sarray status "$id")
for text in "\$ python3 -c 'print(1/0.1)'" "<< sleep 0.0 0.01 'naïve'" "train.sh 'x y'"; do
  assert_contains "$status" "$text" 'status'
  assert_contains "$(sarray status "$id" --tasks)" "$text" 'status --tasks'
done
assert_contains "$(sarray which "${id}_0")" "script     --wrap 'python3 -c '\\''print(1/0.1)'\\'''" 'which of a --wrap'
assert_contains "$(sarray which "${id}_3")" "script     (standard input) sleep 0.0 0.01 'naïve'" 'which of a heredoc'
assert_eq "${id}_2" "$(sarray find '1/0.01' "$id" | sed -n '2s/ .*//p')" 'find looks into what --wrap was given'
assert_eq "${id}_1
${id}_3" "$(sarray find '# naïve comment' "$id" | sed 1d | cut -d ' ' -f 1)" 'find looks into scripts'
assert_eq "${id}_4" "$(sarray find 'as they were' "$id" | sed 1d | cut -d ' ' -f 1)" 'also of files'
if sarray find 'nowhere' "$id" 2>/dev/null; then fail 'found what is nowhere'; fi
python3 - "$(sarray status "$id" --json)" <<'P' || fail 'JSON'
import json, sys
jobs = json.loads(sys.argv[1])["jobs"]
assert [job["command"] for job in jobs] == ["python3 -c 'print(1/0.1)'", "sleep 0.0 0.1 'naïve'", "python3 -c 'print(1/0.01)'",
                                            "sleep 0.0 0.01 'naïve'", None], jobs
P

# --- the script that a task runs, byte for byte: as it was when it was recorded
sarray which "${id}_4" --script | cmp - as-recorded.sh || fail 'which --script of a file'
printf '#!/bin/sh\n# This script was created by sbatch --wrap.\n\n%s\n' "python3 -c 'print(1/0.1)'" >wrapped
sarray which "${id}_0" --script | cmp - wrapped || fail 'which --script of --wrap'
sarray which "${id}_1" --script >heredoc
assert_eq "sleep 0.0 0.1 'naïve'" "$(tail -n 1 heredoc)" 'which --script of a heredoc'
if sarray which "$id" --script >out 2>err; then fail 'which --script of several'; fi
assert_eq "sarray: error: $id: its 5 jobs do not have the same script: name one task
hint: sarray which ${id}_0 --script" "$(cat err)" 'which --script of several'

# --- the variables in which the jobs differ; their values only if they are asked for
assert_eq 'LR
MY_TOKEN
ONLY (not set)
SEED' "$(sarray which "${id}_2" --env)" 'which --env'
assert_eq 'LR (not set)
MY_TOKEN (not set)
ONLY
SEED (not set)' "$(sarray which "${id}_4" --env)" 'which --env of another'
for task in 0 1 2 3 4; do
  [[ $(sarray which "${id}_$task" --env; sarray which "${id}_$task"; sarray which "${id}_$task" --env --json) != *secret* ]] || fail 'a value that nobody asked for'
done
assert_eq 'LR=0.1
MY_TOKEN=secret0.1
ONLY (not set)
SEED=7' "$(sarray which "${id}_0" --env --values)" 'which --env --values'
assert_contains "$(sarray which "${id}_2" --env --values --json)" '{"name":"LR","set":true,"value":"0.01"}' 'in JSON'
echo "list, jobs without a file, which --script and --env"
