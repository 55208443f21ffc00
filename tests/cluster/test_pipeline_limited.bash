#!/usr/bin/env bash
# A cluster that limits requests: chains are in small arrays of which each task waits for its twin. Of 36 parents 11 fail; who ran, who never
# will, what is said of it, a retry, a cancel, and submissions that are killed.
# SARRAY_LIMITED_RELEASE: on the Slurm of that Debian (tools/cluster up --release); limits are there from 23.02 on, and root has none.
# run: 70
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/pipeline.bash"
need_cluster --own ${SARRAY_LIMITED_RELEASE:+--release "$SARRAY_LIMITED_RELEASE"} --cpus 64 --conf SlurmctldParameters=rl_enable --conf MinJobAge=900
cd "$TEST_DIR"
mkdir bin
site=$(mktemp -d "${TMPDIR:-/tmp}/sarray-site-XXXXXX") # not in TEST_DIR, which is seen by the programs inside a release's system, too
at_exit rm -rf "$site"
ln -s "$SARRAY" bin/sarray
stand_before "$site" "$TEST_DIR"
export PATH=$TEST_DIR/bin:$site:$PATH SARRAY_STATE_DIR=$TEST_DIR/state SBATCH_OUTPUT=/dev/null NO_COLOR=1

cat >say.sh <<'E'
#!/bin/bash
# say.sh NAME [PARENT]: notes its end, and what it was told; a parent that has not ended is noted, too.
[[ -z ${2-} || -e end.$2 ]] || echo "$1 before $2" >>early
[[ ! -e fail.$1 ]] || exit 1
echo "${SLURM_JOB_DEPENDENCY-none}" >>"end.$1"
E
chmod +x say.sh
cat >record.sh <<'E'
for i in {1..36}; do
  a=$(sbatch --parsable -J trim say.sh "a$i")
  b=$(sbatch --parsable -J align -d afterok:"$a" say.sh "b$i" "a$i")
  sbatch -J call -d afterok:"$b" say.sh "c$i" "b$i"
  echo "$a $b" >>ids
done
E
arrays_of() { sed -n 's/^Submitted batch job \([0-9]*\)$/\1/p' "$1"; }
count() { compgen -G "end.$1*" | wc -l; }
have_ended() { (($(count "$1") == $2)); } # NAME N
all_pending() { # N ID...: N tasks of these arrays are in the queue, all of them pending
  local shown n=$1
  shift
  shown=$(squeue -h -r -j "$(IFS=,; echo "$*")" -o %T)
  [[ $(grep -c . <<<"$shown") == "$n" && $shown != *RUNNING* && $shown != *COMPLETING* ]]
}

# --- what is shown, and what is sent -------------------------------------------------------------------------------------
for i in {1..10} 25; do : >"fail.a$i"; done # all of one array, and one of another
cp record.sh session.sh
echo 'sarray submit -n 2>&1 | tail -n 1 >shown; sarray submit >answers 2>words || cat words' >>session.sh
sarray listen <session.sh >listened 2>&1
mapfile -t arrays < <(arrays_of answers)
assert_eq 12 ${#arrays[@]} "arrays: $(cat words)"
assert_eq 'sarray: 32 requests to Slurm: 12 submit, 8 say which tasks wait for which, 12 release' "$(<shown)" 'a dry run'
assert_contains "$(<words)" 'this cluster limits requests (rl_enable)' 'why there are so many arrays'
assert_contains "$(<words)" '12 arrays and 32 requests, and would be 3 arrays and 78 requests' 'what it saves'
assert_contains "$(<words)" '12 arrays may start now: Slurm held them until it knew which tasks wait for which (32 requests in all, 8 to tell it)' 'what was done'

# --- who ran -------------------------------------------------------------------------------------------------------------
wait_until 'an end of what can run' all_pending 22 "${arrays[@]}"
assert_eq '25 25 25' "$(count a) $(count b) $(count c)" 'the jobs that ran well'
for i in {1..10} 25; do [[ ! -e end.b$i && ! -e end.c$i ]] || fail "chain $i went on"; done
[[ ! -e early ]] || fail "early: $(cat early)"
for i in 11 36; do
  read -r a b < <(sed -n "${i}p" ids)
  assert_eq "none afterok:$a afterok:$b" "$(cat "end.a$i" "end.b$i" "end.c$i" | paste -sd' ')" "SLURM_JOB_DEPENDENCY of chain $i"
done
never_satisfied() { [[ $(squeue -h -r -j "$(IFS=,; echo "${arrays[*]}")" -o %r | grep -c DependencyNeverSatisfied) == "$1" ]]; }
wait_until 'the children of what failed' never_satisfied 11

# --- what is said of it --------------------------------------------------------------------------------------------------
for id in "${arrays[@]}"; do sarray status "$(one "$id")"; done >said
assert_contains "$(<said)" '2 align: will never run: 1 trim failed' 'a child of what failed'
assert_contains "$(<said)" '3 call: will never run: 1 trim failed' 'a grandchild'
assert_contains "$(<said)" '74 align: will never run: 73 trim failed' 'a child of what failed in another array'
[[ $(grep -c 'will never run:' said) == 22 ]] || fail "others will never run, too: $(cat said)"

# --- the failed ones again ------------------------------------------------------------------------------------------------
rm fail.a{1..9}
sarray retry "${arrays[0]}" >retried 2>words || fail "retry: $(cat words)"
assert_contains "$(<words)" '10 waiting tasks wait for the new attempts now' 'retry'
wait_until 'nine chains more' have_ended c 34
assert_eq '34 34' "$(count a) $(count b)" 'the jobs that ran after the retry'
[[ ! -e early ]] || fail "early: $(cat early)"
mapfile -t -O ${#arrays[@]} arrays < <(arrays_of retried)

# --- what waits, and a cancel that takes it along ---------------------------------------------------------------------------
gate=$(sbatch --parsable -H --wrap true)
cat >session.sh <<E
for i in {1..24}; do
  a=\$(sbatch --parsable -J up -d afterany:$gate say.sh "d\$i")
  sbatch -J down -d afterok:\$a say.sh "e\$i" "d\$i"
done
sarray submit >answers 2>words || cat words
E
sarray listen <session.sh >listened 2>&1
mapfile -t others < <(arrays_of answers)
assert_eq 6 ${#others[@]} "arrays: $(cat words listened)"
assert_contains "$(sarray status "$(one "${others[3]}")")" '2 down: waits for 1 up' 'a waiting task'
sarray cancel --yes --with-dependents "${others[0]}" --job 1 >said 2>&1 || fail "cancel: $(cat said)"
scontrol release "$gate"
wait_until 'the others' have_ended e 23
[[ ! -e end.d1 && ! -e end.e1 ]] || fail "a cancelled chain ran: $(cat said)"
none_is_left() { [[ -z $(squeue -h -r -j "$(IFS=,; echo "${others[*]}")") ]]; }
wait_until 'none of them' none_is_left # the last ones are completing
scancel "${arrays[@]}"

# --- killed in the middle -------------------------------------------------------------------------------------------------
rm -f fail.* early
killed=0
for at in 1 3 7 9 10 11 12 13 14 15; do
  rm -rf end.* calls
  export SARRAY_STATE_DIR=$TEST_DIR/state-$at
  sarray listen <record.sh >/dev/null 2>listened
  session=$(grep -o 'resume [^,]*' listened | cut -d' ' -f2)
  echo "$at $( ((at % 2)) && echo after || echo before)" >cut.at
  status=0
  sarray submit --session "$session" >answers 2>words || status=$?
  rm cut.at
  ((status == 137)) || fail "$at: status $status: $(cat words calls)"
  killed=$((killed + 1))
  finish "$at" 'nothing to submit' sarray submit --session "$session"
  wait_until "$at: the last jobs" have_ended c 36
  [[ ! -e early ]] || fail "$at: early: $(cat early)"
  for file in end.*; do assert_eq 1 "$(wc -l <"$file")" "$at: $file, once"; done
  assert_eq 12 "$(sarray history --json | grep -o '"job_id"' | wc -l)" "$at: arrays"
  told=$(sed -n 's/.*released; \([0-9]*\) request.*/\1/p' again)
  ((${told:-0} <= 8)) || fail "$at: the next submit does not take whom Slurm has for twins: $(cat again)"
  [[ -z $(squeue -h -r -o '%Z %T %r' | grep "^$PWD" | grep Held || true) ]] || fail "$at: held: $(squeue)"
done
echo "12 arrays of twins; a retry, a cancel, $killed kills: no child early, none twice, none forgotten"
