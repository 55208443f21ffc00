#!/usr/bin/env bash
# The arrays of one submission as one thing: names in squeue, and one id in status, logs, cancel, retry, which, find and history. Two
# submits at once have two numbers; one that is cut off keeps its own.
# run: 30 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster --kind small
cd "$TEST_DIR"
mkdir bin
ln -s "$SARRAY" bin/sarray
export PATH=$TEST_DIR/bin:$PATH SARRAY_STATE_DIR=$TEST_DIR/state
names() { squeue -h -t all -j "$1" -o '%F %j' | sort -un | cut -d' ' -f2- | paste -sd' '; } # IDS: of the arrays, in the order of their ids
commas() { paste -sd, "$1"; }
python() { python3 -c "import json, sys; j = json.load(sys.stdin); print($1)"; }

# --- a pipeline of three stages -----------------------------------------------------------------------------------------
cat >job.sh <<'S'
#!/bin/bash
echo "$1: $SLURM_JOB_NAME $(squeue -h -j "$SLURM_JOB_ID" -o %j)"
[[ ! -e bad-$1 ]] || exit 3
echo x >>"ran-$1"
S
chmod +x job.sh
cat >launch.sh <<'S'
for sample in ann bob; do
  trim=$(sbatch --parsable -J trim -o trim-%x.$sample job.sh trim-$sample)
  align=$(sbatch --parsable -J align -o align-%x.$sample -d afterok:$trim job.sh align-$sample)
  all+=:$align
done
sbatch -J call -d afterok$all -o call-%x job.sh call
S
touch bad-trim-bob
sarray run --record-only -- bash launch.sh >/dev/null 2>recorded
session=$(ls -t state/sessions | head -1)
sarray submit --session "$session" -n 2>/dev/null | grep -o 'job-name=.*' >shown
assert_eq 'job-name=sarray-1.1 job-name=sarray-1.2 job-name=sarray-1.3' "$(paste -sd' ' shown)" 'a dry run shows the names'
sarray submit --session "$session" -n -J sarray-1 >/dev/null 2>words && fail 'an array has the name of a submission'
assert_contains "$(<words)" 'names of this form are those that sarray gives to arrays' 'the name of another submission'
sarray submit --session "$session" --parsable >ids 2>words
mapfile -t ids <ids
assert_eq 3 "${#ids[@]}" 'arrays'
assert_contains "$(<words)" 'sarray: note: sarray-1 is these 3 arrays: any of their ids, or the name, stands for all of them' 'submit says so'
assert_eq 'sarray-1.1 sarray-1.2 sarray-1.3' "$(names "$(commas ids)")" 'what squeue shows'
never() { [[ $(sarray status "${ids[2]}") == *'call: will never run: '* ]]; }
wait_until 'the join will never run' never
ended() { [[ $(sarray status "${ids[0]}") == *'2 of 5 done (40 %), 1 failed, 2 pending'* ]]; }
wait_until 'the others have ended' ended
assert_eq "trim-ann: trim trim" "$(<trim-trim.ann)" 'a task has its own name: %x, the variable, and in what squeue tells it'
assert_contains "$(<align-align.ann)" 'align-ann: align align' 'the next stage'

# --- one id -------------------------------------------------------------------------------------------------------------
for word in "${ids[@]}" sarray-1 last; do
  status=$(sarray status "$word" | grep -v '^\[')
  assert_contains "$status" 'sarray-1: 3 arrays, 5 jobs, 5 tasks' "status $word"
  assert_contains "$status" '2 of 5 done (40 %), 1 failed, 2 pending' "the sum of all, $word"
  assert_eq 5 "$(grep -cE '^ *[0-9]+ +[1-5]  (trim|align|call)' <<<"$status")" "a line for each job, $word"$'\n'"$status"
  assert_eq "${ids[0]}" "$(grep -oE '^ *[0-9]+ +3  trim' <<<"$status" | awk '{ print $1 }')" "with its array's id"
done
assert_contains "$(sarray status sarray-1.2 | head -n 1)" "array ${ids[1]}: 2 jobs, 2 tasks" 'one array alone'
assert_contains "$(sarray status "${ids[0]}_1" | head -n 1)" "array ${ids[0]}: 1 of 2 jobs, 1 of 2 tasks" 'a task is named exactly'
assert_eq "sarray-1 5 [3, 3] ['${ids[0]}', '${ids[1]}', '${ids[2]}']" \
  "$(sarray status "${ids[1]}" --json | python 'j["group"], j["tasks"], [len(j["arrays"]), len(j["attempts"])], [a["job_id"] for a in j["arrays"]]')" 'JSON'
assert_eq 5 "$(sarray status "${ids[2]}" --tasks | grep -cE "^($(paste -sd'|' ids))_[01] ")" 'status --tasks'
if sarray status sarray-1 --wait >/dev/null; then fail 'a task has failed'; else assert_eq 3 $? 'status --wait'; fi
assert_contains "$(sarray logs "${ids[2]}" 2>/dev/null)" 'align-ann: align align' 'logs of another array'
assert_eq 'trim-bob: trim trim' "$(sarray logs sarray-1 --failed)" 'logs --failed'
assert_eq 5 "$(sarray which "${ids[1]}" --json | python 'len(j["tasks"])')" which
assert_eq 5 "$(sarray find job.sh "${ids[1]}" --json | python 'len(j["jobs"])')" find
assert_eq 2 "$(sarray find align sarray-1.2 --json | python 'len(j["jobs"])')" 'find in one'
history=$(sarray history)
assert_eq 1 "$(grep -cE "^ *${ids[0]}  .*  +3  +5  +5  " <<<"$history")" "history: a line for the submission"$'\n'"$history"
assert_eq 2 "$(wc -l <<<"$history")" 'and none else'
assert_eq "${ids[*]} sarray-1 1 2 3" "$(sarray history --json | python '*[s["job_id"] for s in j["submissions"]], j["submissions"][0]["group"]["name"], *[s["group"]["part"] for s in j["submissions"]]')" 'history --json has the arrays'
if sarray cancel sarray-7 2>said; then fail 'there is none'; fi
assert_contains "$(<said)" 'job sarray-7: nothing of that name was submitted from this state folder' 'a name that is not known'
if sarray cancel "${ids[0]}" --tasks 0 2>said; then fail 'of which array?'; fi
assert_contains "$(<said)" "sarray-1 has 3 arrays, and each has its own indices"$'\n'"hint: name the tasks as squeue does: ${ids[0]}_[0]" '--tasks'
if sarray throttle sarray-1 -t 1 2>said; then fail 'a limit is an array'\''s'; fi
assert_contains "$(<said)" 'hint: sarray throttle sarray-1.1 -t 1' throttle
sarray hold "${ids[2]}" -n --json >held 2>said
assert_eq "sarray-1 2" "$(python 'j["group"], j["tasks"]' <held)" 'hold of all, in JSON'
assert_contains "$(<said)" "${ids[2]} is sarray-1: arrays ${ids[0]}, ${ids[1]}, ${ids[2]}; sarray-1.1 is one of them" 'what the word stands for'

# --- retried in one go ----------------------------------------------------------------------------------------------------
rm bad-trim-bob
sarray retry "${ids[2]}" >answers 2>said || fail "$(cat said)"
assert_contains "$(<said)" "${ids[2]} is sarray-1: arrays ${ids[0]}, ${ids[1]}, ${ids[2]}" 'retry says what it stands for'
sarray status sarray-1 --wait >status || fail "the retry: $(cat status said)"
assert_contains "$(<status)" '5 of 5 done (100 %)' 'all follow'
retried=$(grep -o '[0-9]*$' answers)
assert_contains "$(<status)" "${ids[0]} retried as array $retried: 1 task" 'which array was retried'
assert_contains "$(sarray status "$retried")" '5 of 5 done (100 %)' 'the id of the retry shows the same'
assert_contains "$(sarray status)" '5 of 5 done (100 %)' 'and so does no id'
for job in trim-ann trim-bob align-ann align-bob call; do assert_eq x "$(<"ran-$job")" "once: $job"; done
if sarray retry "${ids[0]}" 2>said; then fail 'nothing has failed'; fi
assert_contains "$(<said)" "job ${ids[0]}: no tasks to run again" 'nothing is left'

# --- failures in two arrays: one retry, a group again -------------------------------------------------------------------------
printf '#!/bin/bash\n[[ ! -e bad-$1 ]]\n' >two.sh
printf '%s\n' 'sbatch -o /dev/null -t 5 two.sh a' 'sbatch -o /dev/null -t 5 two.sh b' 'sbatch -o /dev/null -t 6 two.sh c' 'sbatch -J own -o /dev/null -t 7 two.sh d' >calls
touch bad-a bad-c bad-d
sarray submit --split calls --parsable >ids 2>words
mapfile -t ids <ids
sarray status sarray-2 --wait >/dev/null || :
rm bad-a bad-c bad-d
sarray retry sarray-2 --job '[a-z]*.sh' --parsable >again 2>said || fail "$(cat said)"
assert_contains "$(<said)" 'sarray-3 is these 2 arrays' 'the retry is a group of its own'
assert_eq 'sarray-3.1 sarray-3.2' "$(names "$(commas again)")" 'with its names'
sarray status last --wait >status && fail 'd was not retried'
assert_contains "$(<status)" '3 of 4 done (75 %), 1 failed' "the submission and its retry"$'\n'"$(cat status)"
sarray retry "${ids[1]}" >/dev/null 2>&1
sarray status "${ids[1]}" --wait >/dev/null || fail 'the rest'

# --- a name that the user gives, and singleton, stay ---------------------------------------------------------------------------
sarray submit --split calls -J mine --parsable >ids 2>words
assert_eq 'mine mine mine' "$(names "$(commas ids)")" "submit's own -J"
name=alone$$
cat >session.sh <<S
sbatch -H -J $name -t 5 two.sh a
sbatch -H -J other -t 6 two.sh b
sarray submit --split --parsable >ids
S
sarray listen <session.sh >/dev/null 2>&1
first=$(head -n 1 ids)
[[ $(names "$(commas ids)") == sarray-*.1' 'sarray-*.2 ]] || fail "names: $(names "$(commas ids)")"
cat >session.sh <<S
sbatch -H -J $name -d singleton two.sh a
sbatch -t 7 -J other two.sh b
sarray submit --parsable --split >ids
S
sarray listen <session.sh >/dev/null 2>words
single=$(squeue -h -n "$name" -o '%F %E')
assert_contains "$single" "afterany:$first" "singleton has its name, and waits for the jobs of it in an array of another name: $(cat words)"
sarray cancel last >/dev/null 2>&1
scancel "$first"

# --- cancelled as one ------------------------------------------------------------------------------------------------------
printf 'sbatch -H -t %s %s/two.sh a\n' 5 "$PWD" 6 "$PWD" 7 "$PWD" >calls
sarray submit --split calls --parsable >ids 2>/dev/null
mapfile -t ids <ids
group=$(sarray history --json | python 'j["submissions"][-1]["group"]["name"]')
sarray cancel "$group.2" 2>said
assert_eq "sarray: cancelled 1 task: ${ids[1]}_[0]" "$(<said)" 'one array alone'
sarray cancel last 2>said
assert_contains "$(<said)" "sarray: last is $group: 3 arrays, 3 tasks, submitted " 'what last is'
assert_contains "$(<said)" "sarray: cancelled 2 tasks of 2 arrays ($group): ${ids[2]}_[0] ${ids[0]}_[0]; 1 other is not pending or running" 'the rest of it'
gone() { [[ -z $(squeue -h -j "$(commas ids)" -t PENDING -o %i) ]]; }
wait_until 'nothing of it waits' gone

# --- two at once have two numbers -----------------------------------------------------------------------------------------
for i in 1 2 3 4; do
  mkdir "at-$i"
  cp calls "at-$i"
  (cd "at-$i" && sarray submit --split calls --parsable >ids 2>words) &
done
wait
for i in 1 2 3 4; do assert_eq 3 "$(wc -l <"at-$i/ids")" "three arrays: $(cat "at-$i/words")"; done
numbers=$(sarray history --json | python '*sorted(s["group"]["number"] for s in j["submissions"][-12:])')
assert_eq 4 "$(tr ' ' '\n' <<<"$numbers" | sort -u | wc -l)" "numbers of four submissions: $numbers"
assert_eq '3 3 3 3' "$(tr ' ' '\n' <<<"$numbers" | sort | uniq -c | awk '{ print $1 }' | xargs)" 'three arrays each'
sort -u at-*/ids | xargs scancel

# --- cut off: the next submit goes on under the same number -----------------------------------------------------------------------
real=$(type -P sbatch)
mkdir cut
cat >cut/sbatch <<S
#!/bin/bash
[[ \$* == *--help* || \$* == *--version* ]] || echo x >>$TEST_DIR/asked
if [[ -e $TEST_DIR/asked && \$(wc -l <$TEST_DIR/asked) == 2 ]]; then kill -9 \$PPID; exit 1; fi
exec $real "\$@"
S
chmod +x cut/sbatch
mkdir rest
cd rest
PATH=$TEST_DIR/cut:$PATH sarray submit --split ../calls --parsable >ids 2>words && fail 'it was to be killed'
before=$(sarray history --json | python 'j["submissions"][-1]["group"]["name"], j["submissions"][-1]["group"]["part"]')
session=$(ls -t ../state/sessions | head -1)
go_on() { sarray submit --split --session "$session" --parsable >>ids 2>words; }
wait_shows='cat words' wait_until 'what may still come is settled' go_on
assert_contains "$(<words)" ' is these 2 arrays and 1 earlier one' 'it says so'
assert_eq 3 "$(wc -l <ids)" 'three arrays in all'
after=$(sarray history --json | python 'j["submissions"][-3]["group"]["name"], [s["group"]["part"] for s in j["submissions"][-3:]]')
assert_eq "${before% 1} [1, 2, 3]" "$after" 'the number, and the parts'
xargs scancel <ids
echo 'the arrays of a submission have one name and one id'
