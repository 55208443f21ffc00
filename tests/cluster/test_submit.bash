#!/usr/bin/env bash
# The whole way: a session's calls become one array, and every task sees what its own call said.
# run: 12 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
mkdir "$HOME" logs elsewhere
unset SARRAY_SESSION

# --- the README's example: two scripts, one array 0-7 --------------------------------------------
cat >train.slurm <<'END'
#!/bin/bash
echo "train $* id $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_MIN-$SLURM_ARRAY_TASK_MAX"
END
sed s/train/eval/ train.slurm >eval.slurm
sarray listen >answers 2>table <<'END'
sbatch --array=0-2 train.slurm a
sbatch --array=0-4 eval.slurm
sarray submit
echo "reached: the session goes on"
END
assert_eq 'reached: the session goes on' "$(tail -n 1 answers)" 'what stands after a submit'
id=$(sed -n 's/^Submitted batch job \([0-9]*\)$/\1/p' answers | tail -n 1)
assert_eq "$id" "$(squeue -h -t all -j "$id" -o %F | sort -u)" 'one array in squeue'
assert_eq '1      0-2  0-2    train.slurm  train.slurm a         slurm-2000000001_%a.out|2      3-7  0-4    eval.slurm   eval.slurm            slurm-2000000002_%a.out' \
  "$(sed -n 's/^  *\([12] \)/\1/p' table | sed 's/ *$//' | paste -sd '|')" 'the table of which task is which'
assert_eq 600 "$(stat -c %a sarray.slurm)" 'mode of sarray.slurm'
wait_job "$id"
for i in 0 1 2; do assert_eq "train a id $i of 0-2" "$(cat "slurm-2000000001_$i.out")" "output of index $i"; done
for i in 0 1 2 3 4; do assert_eq "eval  id $i of 0-4" "$(cat "slurm-2000000002_$i.out")" "output of index $((i + 3))"; done

# --- point 3: every kind of call in one session ----------------------------------------------------
cat >py.slurm <<'END'
#!/usr/bin/env python3
import os, sys
open("logs/py", "w").write(repr((sys.argv[1:], os.getcwd(), "SLURM_ARRAY_TASK_ID" in os.environ)))
END
cat >rest.slurm <<'END'
#!/bin/bash
printf '<%s>' "$@" >"logs/args"
END
printf '#!/bin/bash\necho first >logs/over1\n' >over.slurm
cat >session.sh <<'END'
sbatch -o logs/array_%a --array=5,7 train.slurm x
sbatch -o logs/plain train.slurm y
sbatch -o logs/wrap --wrap 'echo wrapped "a  b"'
sbatch -o logs/heredoc <<'SCRIPT'
#!/bin/sh
echo "heredoc $SLURM_SUBMIT_DIR"
SCRIPT
(cd elsewhere && sbatch -o ../logs/elsewhere --wrap 'pwd')
VAR=x sbatch -o logs/var --wrap 'echo "var $VAR"'
sbatch -o logs/none --wrap 'echo "var ${VAR-unset}"'
sbatch rest.slurm 'a b' "it's" '"' '$HOME' $'new\nline' '*' '[a-z]?' '' '~' '\n'
sbatch py.slurm 'p q' --opt
sbatch over.slurm
printf '#!/bin/bash\necho second >logs/over2\n' >over.slurm
sbatch over.slurm
rm over.slurm
sarray submit --parsable -o merged.slurm >id 2>/dev/null
END
sarray listen <session.sh >/dev/null
wait_job "$(cat id)"
assert_eq 'train x id 5 of 5-7|train x id 7 of 5-7|train y id  of -' "$(cat logs/array_5 logs/array_7 logs/plain | paste -sd '|')" 'array and plain job'
assert_eq 'wrapped a  b' "$(cat logs/wrap)" '--wrap'
assert_eq "heredoc $TEST_DIR" "$(cat logs/heredoc)" 'a script from standard input'
assert_eq "$TEST_DIR/elsewhere" "$(cat logs/elsewhere)" 'another directory'
assert_eq 'var x|var unset' "$(cat logs/var logs/none | paste -sd '|')" 'VAR=x sbatch'
assert_eq $'<a b><it\'s><"><$HOME><new\nline><*><[a-z]?><><~><\\n>' "$(cat logs/args)" 'arguments'
assert_eq "(['p q', '--opt'], '$TEST_DIR', False)" "$(cat logs/py)" 'a Python script'
assert_eq 'first second' "$(cat logs/over1 logs/over2 | paste -sd ' ')" 'a script overwritten between two calls'

# --- point 4: callers in parallel ------------------------------------------------------------------
words=$(sarray listen <<<'seq 200 | xargs -P 16 -n 1 sbatch --parsable train.slurm | sort -u | wc -l; sarray list --json; sarray cancel 2>/dev/null')
assert_eq 200 "$(head -n 1 <<<"$words")" 'different ids'
python3 -c '
import json, sys
jobs = json.loads(sys.argv[1])["jobs"]
assert [job["job"] for job in jobs] == list(range(1, 201)), "numbers"
assert sorted(int(job["arguments"][0]) for job in jobs) == list(range(1, 201)), "arguments"
' "$(tail -n 1 <<<"$words")" || fail '200 calls are not 200 jobs'

# --- point 5: a refusal loses nothing --------------------------------------------------------------
name=$(sarray listen 2>&1 >/dev/null <<'END' | sed -n 's/^sarray: session \(\S*\) keeps 3 jobs.*/\1/p'
sbatch --time=10 train.slurm 1
sbatch --time=20 train.slurm 2
sbatch -t 0:10:00 train.slurm 3
END
)
refusal=$(sarray submit --session "$name" 2>&1 >/dev/null) && fail 'unequal options were taken'
assert_eq "  option  value  jobs  from
  time    10     1,3   command line
          20     2     command line
sarray: error: the jobs cannot share one array: they differ in 1 option that an array has only once
hint: sarray submit --session=$name --time=20 makes it one array, with the largest of each (2 of 3 jobs asked for less); sarray submit --session=$name --split would submit 2 arrays" "$refusal" 'the table of differences'
# sbatch that refuses.
mkdir locked
sarray submit --session "$name" --time=30 -o locked 2>locked.err && fail 'a folder as -o FILE was taken'
assert_contains "$(cat locked.err)" 'sarray: error: locked: it is not a plain file' 'a script that cannot be written, and was asked for'
status=0
words=$(sarray submit --session "$name" --time=30 --partition=nosuch 2>&1) || status=$?
assert_eq "1 sbatch: error: invalid partition specified: nosuch
sbatch: error: Batch job submission failed: Invalid partition name specified" "$status $words" "sbatch's own words and status"
status=0
echo 'ClusterName=nothing' >bad.conf # a controller that is down costs its commands a minute
words=$(SLURM_CONF=$TEST_DIR/bad.conf sarray submit --session "$name" --time=30 2>&1) || status=$?
assert_eq 1 "$status" 'Slurm does not answer'
assert_contains "$words" 'sarray: error: scontrol: it failed with status 1' 'Slurm does not answer'
assert_contains "$(sarray sessions)" '     3      3' 'nothing is lost'
id=$(sarray submit --session "$name" --time=30 --parsable 2>/dev/null)
wait_job "$id"
assert_eq '00:30:00' "$(job_field "$id" TimeLimit | sort -u)" 'the option given to submit'
assert_eq 3 "$(own_outputs "$id" | grep -c '^train [123] ')" 'all three ran'

# --- --split submits the fewest arrays -------------------------------------------------------------
sarray listen >answers 2>/dev/null <<'END'
sbatch --time=10 -o logs/split_%x_1 train.slurm 1
sbatch --time=20 -o logs/split_%x_2 train.slurm 2
sbatch --time=10 -o logs/split_%x_3 train.slurm 3
sarray submit --split
END
mapfile -t ids < <(sed -n 's/^Submitted batch job \([0-9]\{1,9\}\)$/\1/p' answers)
assert_eq 2 "${#ids[@]}" 'arrays of --split'
[[ -f sarray-2.slurm ]] || fail 'the second script is not there'
for id in "${ids[@]}"; do wait_job "$id"; done
assert_eq 'train 1 id  of -|train 2 id  of -|train 3 id  of -' "$(cat logs/split_train.slurm_{1,2,3} | paste -sd '|')" 'tasks of split arrays'

# --- a queue file --------------------------------------------------------------------------------
cat >queue <<'END'
# comment
sbatch --array=0-1 -o logs/q1_%a train.slurm 'a  b' # to the end

  -o logs/q2 \
    train.slurm "it's $MARK" $'tab\there' glo*
MARK=own sbatch -o logs/q3 --wrap 'echo "mark $MARK"'
END
touch glob1 glob2
MARK=mark sarray submit queue --json 2>/dev/null >json
id=$(python3 -c '
import json
answer = json.load(open("json"))
assert answer["version"] == 1 and len(answer["arrays"]) == 1, answer
array = answer["arrays"][0]
assert array["array"] == "0-3" and array["tasks"] == 4 and array["script"] == "sarray.slurm", array
jobs = array["jobs"]
assert [(j["job"], j["first_index"], j["tasks"], j["array"]) for j in jobs] == [(1, 0, 2, "0-1"), (2, 2, 1, None), (3, 3, 1, None)], jobs
assert jobs[1]["id"] == jobs[0]["id"] + 1 > 2000000000
print(array["job_id"])')
wait_job "$id"
assert_eq $'train a  b id 1 of 0-1|train it\'s mark tab\there glob1 glob2 id  of -|mark own' "$(cat logs/q1_1 logs/q2 logs/q3 | paste -sd '|')" 'a queue file'
printf 'train.slurm one\ntrain.slurm two\n' | sarray submit - --parsable 2>/dev/null >id
wait_job "$(cat id)"
assert_eq 'train one id  of -|train two id  of -' "$(own_outputs "$(cat id)" | paste -sd '|')" 'calls from standard input'

# --- -n needs no Slurm, -t throttles ----------------------------------------------------------------
dry=$(PATH=${SARRAY%/*}:/nowhere "$SARRAY" submit -n -t 2 queue 2>/dev/null)
assert_contains "$dry" $'\n#SBATCH --array=0-3%2\n' 'a dry run without Slurm'
assert_eq null "$("$SARRAY" submit -n --json queue 2>/dev/null | python3 -c 'import json,sys; print(json.dumps(json.load(sys.stdin)["arrays"][0]["job_id"]))')" 'job_id of a dry run'
echo "one array, every kind of call, refusals, split, queue files"
