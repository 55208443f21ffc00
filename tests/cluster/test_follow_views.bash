#!/usr/bin/env bash
# How it reads: 200 jobs with names in any script of the world at 80 columns, colour, pipes, and JSON beside the text.
# run: 45
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/follow.bash"
need_cluster --own # it looks at all arrays of its user
lib=$(readlink -f "$(dirname "$0")/lib")
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH LC_ALL=C.UTF-8
unset SARRAY_SESSION NO_COLOR

# --- JSON beside the text, in two states of the world
printf '#!/bin/bash\nuntil [ -e go ]; do sleep 0.2; done\nexit $(($1 %% 3 == 0))\n' >some.sh
for ((i = 1; i <= 12; i++)); do echo "sbatch -J name$i -a $i-$((i + 2)) -o /dev/null some.sh $i"; done >queue
id=$(sarray submit queue -t 5 --parsable 2>/dev/null)
wait_counts '0 0 0 0 5 31 0' "$id"
"$lib/compare_status" "$SARRAY" "$id" >compared || fail "text and JSON differ: $(cat compared)"
sarray hold "$id" --job 9-12 2>/dev/null
if sarray hold "$id" --job 9-12 2>err; then fail 'held twice'; fi
assert_eq "sarray: error: job $id: all 12 are held already
hint: sarray status $id --tasks" "$(cat err)" 'hold of what is held'
sarray hold "$id" --job 8-9 -n 2>err
assert_eq "sarray: would hold 3 tasks: ${id}_[21-23]; 3 others are not pending and unheld" "$(cat err)" 'hold of what is held in part'
sarray cancel "$id" --job 1 2>/dev/null
touch go
wait_counts '15 6 0 3 0 12 0' "$id"
# Failed tasks are put back into the queue, cancelled ones are not.
sarray requeue "$id" -n 2>err
assert_contains "$(cat err)" 'would requeue 6 tasks: ' 'requeue takes what failed'
if sarray requeue "$id" --job 1 2>err; then fail 'requeued what was cancelled'; fi
assert_contains "$(cat err)" 'no matching task is running, or failed and still known to Slurm' 'requeue of cancelled tasks'
"$lib/compare_status" "$SARRAY" "$id" >>compared || fail "text and JSON differ: $(cat compared)"
if sarray logs "${id}_0" >out 2>err; then fail 'logs of /dev/null'; fi
assert_eq "sarray: note: ${id}_0 name1 1: its output goes to /dev/null" "$(cat err)" 'logs of /dev/null'
sarray cancel "$id" 2>/dev/null || true
(($(head -n 1 compared) > 150)) || fail "too little was compared: $(cat compared)"

# Each command's JSON is one line of version 1, and says what the text says.
same() { assert_eq "$1" "$2" "$3: JSON beside text"; }
assert_eq "$id" "$(sarray history | sed -n '2s/^ *\([0-9]*\) .*/\1/p')" 'history in text'
same "$(json 'j["submissions"][0]["job_id"], j["submissions"][0]["tasks"], j["version"]' sarray history --json)" "('$id', 36, 1)" history
same "$(json 'j["attempts"][0]["job_id"], j["version"]' sarray status --json)" "('$id', 1)" 'status'
same "$(json 'j["tasks"][0]["id"], j["tasks"][0]["local_id"], j["tasks"][0]["state"]' sarray which "${id}_8" --json)" \
  "($(sarray which "${id}_8" | sed -n 's/^id  *\([0-9]*\)_\([0-9]*\)/\1, \2/p'), '$(sarray which "${id}_8" | sed -n 's/^state  *\([a-z]*\).*/\1/p')')" which
same "$(json 'len(j["jobs"]), j["jobs"][0]["array_job_id"]' sarray find name1 --json)" "($(sarray find name1 | grep -c "^${id}_"), '$id')" find
same "$(json 'j["arrays"][0]["tasks"], j["arrays"][0]["job_id"]' sarray retry "$id" -n --json 2>/dev/null)" \
  "($(json 'j["states"]["failed"]' sarray status "$id" --json), None)" 'retry -n'
for command in history status "status $id" "status $id --tasks --failed --usage" "which ${id}_1" 'find name'; do
  # shellcheck disable=SC2086 # words
  assert_eq 1 "$(sarray $command --json 2>/dev/null | wc -l)" "lines of $command --json"
done

# --- 200 jobs, names of all kinds
names=('短い名前なのにとても長い名前だと言われる仕事' 'اسم طويل جدا لمهمة حسابية' 'वैज्ञानिक गणना का बहुत लम्बा नाम' 'имя задачи с очень длинным названием' '🧬🔬 genome 🧬' $'tab\there' $'esc\e[31mred'
  'a_very_long_name_without_any_blank_in_it_that_goes_on_and_on_and_on_and_on_and_on_for_ever' "it's \"quoted\"" 'né e\u0301')
printf '#!/bin/bash\nexit $(($1 %% 7 == 0))\n' >"$TEST_DIR/скрипт с длинным именем.sh"
for ((i = 1; i <= 200; i++)); do
  printf 'sbatch -H -o /dev/null -J %q -a 1-%d,1000,2000,3000,4000 %q %d %q\n' "${names[i % 10]}" $((i % 4 + 1)) "$TEST_DIR/скрипт с длинным именем.sh" "$i" "${names[(i + 3) % 10]} ${names[(i + 5) % 10]}"
done >queue
"$lib/on_terminal" 80 sarray submit queue >submit.out || fail "submit: $(cat submit.out)"
"$lib/check_lines" 80 <submit.out >width || fail "submit: $(cat width)"
id=$(sed -n 's/^Submitted batch job //p' submit.out)
sarray release "$id" --tasks 0-59 2>/dev/null # some succeed, some fail
none_is_left() { [[ $(counts "$id") == [1-9]*' 0 0 0 '* ]]; }
wait_until 'the first 60 tasks end' none_is_left
for command in "status $id" "status $id --tasks" "status $id --failed" "status $id --tasks --failed" 'history' 'status' 'find 1'; do
  # shellcheck disable=SC2086 # words
  "$lib/on_terminal" 80 sarray $command >out || fail "$command: $(cat out)"
  grep -v '^sarray: note:' out | "$lib/check_lines" 80 >width || fail "$command at 80 columns: $(cat width)"
  # shellcheck disable=SC2086
  "$lib/on_terminal" 50 sarray $command >out || fail "$command: $(cat out)"
  grep -v '^sarray: note:' out | "$lib/check_lines" 50 >width || fail "$command at 50 columns: $(cat width)"
done
"$lib/on_terminal" 80 sarray status "$id" >out
assert_eq 200 "$(grep -cE '^ *[0-9]+  [^ ]' out)" 'a line a job'
assert_contains "$(cat out)" '短い' 'names are readable'
assert_contains "$(cat out)" '\x1b[31m' 'but cannot command the terminal'
sarray cancel "$id" 2>/dev/null || true

# --- colour: on a terminal, unless NO_COLOR is set; never in a pipe
colored() { grep -q $'\e\\[3' "$1"; }
colored out || fail 'no colour on a terminal'
NO_COLOR=1 "$lib/on_terminal" 80 sarray status "$id" >out
colored out && fail 'colour in spite of NO_COLOR'
sarray status "$id" >out
colored out && fail 'colour in a pipe'
sarray status "$id" --tasks >out
colored out && fail 'colour in a pipe'
# What a pipe gets is not cut.
assert_contains "$(cat out)" "${names[7]}" 'a pipe gets whole arguments'
echo "$(head -n 1 compared) facts compared, 200 jobs at 80 columns"
