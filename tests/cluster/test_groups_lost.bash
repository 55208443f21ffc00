#!/usr/bin/env bash
# A submission of several arrays, of which one record is lost or unreadable: every command says which part is not known, and what acts
# does the rest; nothing calls the rest the whole.
# run: 20 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
mkdir bin
ln -s "$SARRAY" bin/sarray
export PATH=$TEST_DIR/bin:$PATH SARRAY_STATE_DIR=$TEST_DIR/state
python() { python3 -c "import json, sys; j = json.load(sys.stdin); print($1)"; }
record_of() { grep -l "\"job_id\":\"$1\"" state/submissions/*/record.json; } # ID

# says TEXT COMMAND...: it succeeds, and standard error has TEXT; its answer is in `answer`.
says() {
  local text=$1
  shift
  "$@" >answer 2>said || fail "$*: $? $(cat answer said)"
  assert_contains "$(<said)" "$text" "$*"
}

printf '#!/bin/bash\n[[ ! -e bad ]]\n' >two.sh
printf 'sbatch -J %s -o out-%s -t %s two.sh\n' a a 5 b b 6 c c 7 >calls
touch bad
sarray submit --split calls --parsable >ids 2>/dev/null
mapfile -t ids <ids
assert_eq 3 "${#ids[@]}" 'arrays'
sarray status sarray-1 --wait >/dev/null && fail 'all fail'
assert_contains "$(sarray status sarray-1)" 'sarray-1: 3 arrays, 3 jobs, 3 tasks' 'nothing is lost'
assert_eq '[]' "$(sarray status sarray-1 --json | python 'j["missing"]')" 'nothing is missing'
sarray history --json | python 'j["submissions"][0]["group"]["missing"]' | grep -qxF '[]' || fail 'history --json'

# --- one between others: its record is surely lost -----------------------------------------------------------------------------------
lost='sarray-1: part 2 of 3 is not known here: its record was removed, or cannot be read'
record=$(record_of "${ids[1]}")
for how in removed damaged; do
  mv "$record" kept
  [[ $how == removed ]] || echo '{' >"$record"
  for word in sarray-1 "${ids[0]}" "${ids[2]}" last; do
    says "$lost; it is not shown" sarray status "$word"
    assert_contains "$(<answer)" 'sarray-1: 2 of 3 arrays, 2 jobs, 2 tasks' "status $word, $how"
  done
  says "$lost; it is not shown" sarray status sarray-1 --json
  assert_eq "sarray-1 2 ['sarray-1.2']" "$(python 'j["group"], len(j["arrays"]), j["missing"]' <answer)" 'status --json'
  for command in 'which sarray-1' 'logs sarray-1' 'logs sarray-1 --failed' 'find two.sh sarray-1' "find two.sh ${ids[2]}"; do
    # shellcheck disable=SC2086 # words
    says "$lost; it is not shown" sarray $command
    # shellcheck disable=SC2086
    says "$lost; it is not shown" sarray $command --json
    assert_eq "['sarray-1.2']" "$(python 'j["missing"]' <answer)" "$command --json"
  done
  says "$lost; it is not shown" sarray history
  says "$lost; it is not shown" sarray history --json
  assert_eq "['sarray-1.2']" "$(python 'j["submissions"][0]["group"]["missing"]' <answer)" 'history --json'
  if sarray status sarray-1 --wait >answer 2>said; then fail 'of one part it is not known'; else assert_eq 1 $? '--wait'; fi
  assert_contains "$(<said)" 'job sarray-1: how the tasks of sarray-1.2 ended is not known here' '--wait says why'
  says "$lost; it is left as it is" sarray retry sarray-1 -n
  says "$lost; it is left as it is" sarray retry sarray-1 -n --json
  assert_eq "2 ['sarray-1.2']" "$(python 'len(j["arrays"]), j["missing"]' <answer)" 'retry --json'
  says "$lost; it is left as it is" sarray requeue sarray-1 -n --json
  assert_eq "2 ['sarray-1.2']" "$(python 'j["tasks"], j["missing"]' <answer)" 'requeue --json'
  says "$lost; it is left as it is" sarray requeue sarray-1 -n --quiet
  if sarray throttle sarray-1 -t 1 2>said; then fail 'a limit is an array'\''s'; fi
  assert_contains "$(<said)" 'a limit is an array'\''s, and this is 3 arrays' throttle
  if sarray status sarray-1.2 2>said; then fail 'it is not known'; fi
  assert_contains "$(<said)" 'job sarray-1.2: it is not known here: its record was removed, or cannot be read'$'\n''hint: sarray history' 'the part'
  sarray status sarray-1.1 >answer 2>said
  assert_eq '' "$(<said)" 'another part alone is whole'
  rm -f "$record"
  mv kept "$record"
done

# --- two of three: one array is left, and is not the submission ----------------------------------------------------------------------
record=$(dirname "$(record_of "${ids[0]}")")
other=$(dirname "$(record_of "${ids[1]}")")
mkdir away
mv "$record" "$other" away
lost='sarray-1: parts 1 and 2 of 3 are not known here: their records were removed, or cannot be read'
for word in sarray-1 "${ids[2]}"; do
  says "$lost; they are not shown" sarray status "$word"
  assert_contains "$(<answer)" 'sarray-1: 1 of 3 arrays, 1 job, 1 task' "status $word"
done
if sarray throttle sarray-1 -t 1 2>said; then fail 'of which?'; fi
assert_contains "$(<said)" 'this is 3 arrays' throttle
if sarray requeue sarray-1 --tasks 0 -n 2>said; then fail 'of which?'; fi
assert_contains "$(<said)" 'sarray-1 has 3 arrays, and each has its own indices' '--tasks'
mv away/* state/submissions

# --- the last: a submit that was cut off looks the same ----------------------------------------------------------------------------------
mv "$(dirname "$(record_of "${ids[2]}")")" away
lost='sarray-1: part 3 of 3 is not known here: it was not submitted, or its record was removed or cannot be read'
says "$lost; it is not shown" sarray status sarray-1
sarray history >answer 2>said
[[ $(<said) != *'not known here'* ]] || fail "history says it each time: $(cat said)"
assert_eq "['sarray-1.3']" "$(sarray history --json | python 'j["submissions"][0]["group"]["missing"]')" 'but in JSON'
rm bad
says "$lost; it is left as it is" sarray retry "${ids[0]}" --parsable
assert_eq 2 "$(wc -l <answer)" 'the two that are known'
mapfile -t again <answer
mv away/* state/submissions
# A retry of several arrays is a submission, too: how many it has is known also if the last of them is lost.
mv "$(dirname "$(record_of "${again[1]}")")" away
lost='sarray-2: part 2 of 2 is not known here: it was not submitted, or its record was removed or cannot be read'
says "$lost; it is not shown" sarray which sarray-2
mv away/* state/submissions
lost='sarray-1: part 3 of 3 is not known here: it was not submitted, or its record was removed or cannot be read'
# A retry shows the submission that it is of: what is not known of that is said, too.
wait_job "${again[0]}"
wait_job "${again[1]}"
mv "$(dirname "$(record_of "${ids[2]}")")" away
says "$lost; it is not shown" sarray status "${again[0]}"
assert_contains "$(<answer)" '2 of 2 done (100 %)' 'the rest'
mv away/* state/submissions
assert_contains "$(sarray status "${again[0]}")" '2 of 3 done' 'known again'

# --- cancel does what it can, and says what is left -----------------------------------------------------------------------------------------
printf 'sbatch -H -J %s -o /dev/null -t %s two.sh\n' a 5 b 6 c 7 >calls
sarray submit --split calls --parsable >ids 2>/dev/null
mapfile -t ids <ids
group=$(sarray history --json | python 'j["submissions"][-1]["group"]["name"]')
mv "$(record_of "${ids[1]}")" kept
says "$group: part 2 of 3 is not known here: its record was removed, or cannot be read; it is left as it is" sarray cancel "$group"
assert_contains "$(<said)" "cancelled 2 tasks of 2 arrays ($group)" 'the rest'
assert_contains "$(sarray history 2>&1)" "Slurm still has them: ${ids[1]}" 'the hint: history knows it'
assert_eq "${ids[1]}" "$(squeue -h -j "${ids[1]}" -t PENDING -o %F)" 'the other is as it was'
sarray cancel "${ids[1]}" --yes 2>said || fail "by its id: $(cat said)"
echo 'what is not known of a submission is said'
