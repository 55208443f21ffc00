#!/usr/bin/env bash
# A pipeline of which a job has failed, and what waits for it was cancelled: by the site (kill_invalid_depend), or by its user. status says
# why it never ran; retry takes it along in arrays of its own, held until Slurm knows what its tasks wait for, also after a kill.
# run: 200
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/pipeline.bash"
need_cluster --own --nodes 2 --cpus 64 --conf DependencyParameters=kill_invalid_depend
cd "$TEST_DIR"
mkdir bin site
ln -s "$SARRAY" bin/sarray
export PATH=$TEST_DIR/bin:$PATH SARRAY_STATE_DIR=$TEST_DIR/state SBATCH_OUTPUT=/dev/null NO_COLOR=1

cat >job.sh <<'E'
#!/bin/bash
# job.sh NAME PARENT...: waits until wait-NAME is gone, and fails as long as the file bad-NAME is there; notes if a parent has not run.
name=$1${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}
shift
for parent; do grep -q "^$parent\$" ran || echo "$name before $parent" >>early; done
while [[ -e wait-$name ]]; do sleep 0.1; done
[[ ! -e bad-$name ]] || exit 3
echo "$name" >>ran
E
cat >launch.sh <<'E'
set -e
for s in 1 2 3; do
  trim=$(sbatch --parsable -J trim job.sh "trim$s")
  align=$(sbatch --parsable -J align -t 5 -d "afterok:$trim" job.sh "align$s" "trim$s")
  ids=$ids:$align names="$names align$s"
  sbatch --parsable -J clean -t 5 -d "afternotok:$trim" job.sh "clean$s"
done
call=$(sbatch --parsable -J call -d "afterok$ids" job.sh call $names)
sbatch -J report -d "afterany:$call" job.sh report
E
chmod +x job.sh

quiet() { [[ -z $(squeue -h -o %i) ]]; }
settled() { wait_shows=squeue wait_until "$1" quiet; } # WHAT
counts() { for job; do grep -c "^$job\$" ran || true; done | xargs; }
# begin LAUNCH: the pipeline again, from its beginning until all of it has ended.
begin() {
  earlier=$(array_ids | grep -o '[0-9]*$' || echo 0)
  : >ran
  sarray run -- bash "$1" >/dev/null 2>words || fail "$(cat words)"
  settled 'all has ended, or was cancelled'
  trim=$(array_of trim)
}

# --- seen -------------------------------------------------------------------------------------------------------------
touch bad-trim2
begin launch.sh
align=$(array_of align) call=$(array_of call)
assert_eq '1 1 0 1 0 1' "$(counts trim1 align1 align2 clean2 call report)" 'what ran'
assert_contains "$(sarray status "$(one "$align")")" 'align: will never run: 4 trim failed' 'the reason of a job that the site cancelled'
assert_contains "$(sarray status "$(one "$call")")" 'call: will never run: 4 trim failed' 'and of what waited for that'
assert_contains "$(sarray status "$(one "$align")" --tasks)" 'cancelled (will never run: 4 trim failed)' 'a task'
assert_contains "$(sarray status "$(one "$align")" --tasks --json)" '"name":"trim"' 'JSON'

# --- left by --no-dependents, and then resumed from the middle ----------------------------------------------------------------
rm bad-trim2
sarray retry "$trim" --no-dependents >/dev/null 2>said
settled 'the retry of one'
assert_eq '1 0 0' "$(counts trim2 align2 call)" '--no-dependents leaves what never ran'
shown=$(sarray retry "$(one "$align")" --state cancelled --job 5 -n 2>&1 >/dev/null)
assert_contains "$shown" 'align2' 'a dry run shows the task'
assert_contains "$shown" 'call' 'and what goes along'
sarray retry "$(one "$align")" --state cancelled --job 5 >/dev/null 2>said || fail "$(cat said)"
settled 'the rest'
assert_eq '1 1 1 1' "$(counts trim2 align2 call report)" 'each once'
[[ ! -e early ]] || fail "$(cat early)"

# --- taken along, each as soon as it can ----------------------------------------------------------------------------------------
touch bad-trim2 bad-trim3
begin launch.sh
assert_eq '0 0 0' "$(counts align2 align3 call)" 'two have failed'
rm bad-trim2
sarray retry "$trim" --job 4 >answers 2>said || fail "$(cat said)"
settled 'the first retry'
assert_eq 2 "$(grep -c Submitted answers)" 'two arrays'
assert_eq '1 1 0 0' "$(counts trim2 align2 align3 call)" 'the join waits for another that has failed, and stays'
assert_contains "$(<said)" 'left as they are: 10 call, which wait for others that have failed, too' 'it says so'
rm bad-trim3
json=$(sarray retry "$trim" --json 2>said) || fail "$(cat said)"
assert_eq 3 "$(python3 -c 'import json, sys; print(len(json.loads(sys.argv[1])["arrays"]))' "$json")" 'three arrays'
settled 'the second retry'
assert_eq '1 1 1 1 1 1' "$(counts trim2 trim3 align2 align3 call report)" 'each once'
assert_contains "$(sarray status "$(one "$(array_of call)")")" '1 of 1 done' 'the history of the join'
[[ ! -e early ]] || fail "$(cat early)"
if sarray retry "$trim" >/dev/null 2>said; then fail 'there was nothing left'; fi
assert_contains "$(<said)" 'no tasks to run again' 'nothing is left'

# --- array jobs, task by task ------------------------------------------------------------------------------------------------------
cat >arrays.sh <<'E'
set -e
a=$(sbatch --parsable -J trim --array=1-6 job.sh a)
b=$(sbatch --parsable -J b --array=1-6 -d "aftercorr:$a" --wrap 'bash job.sh b a_$SLURM_ARRAY_TASK_ID')
c=$(sbatch --parsable -J c --array=3-8:5 -d "afterok:${a}_3:${b}_5" job.sh c a_3 b_5)
sbatch -J d -d "afterok:$b,afterany:$c" job.sh d b_1 b_2 b_3 b_4 b_5 b_6
E
touch bad-a_3 bad-a_5
begin arrays.sh
assert_eq '1 0 0 1 0 0' "$(counts b_2 b_3 b_5 b_6 c_3 d)" 'what ran'
rm bad-a_3 bad-a_5
sarray retry "$trim" >/dev/null 2>said || fail "$(cat said)"
settled 'the retry of two tasks'
assert_eq '1 1 1 1 1 1 1 1' "$(counts a_2 a_3 a_5 b_3 b_5 c_3 c_8 d)" 'each once'
[[ ! -e early ]] || fail "$(cat early)"

# --- cancelled by the user -----------------------------------------------------------------------------------------------------------
# shellcheck disable=SC2034 # array_of reads it
earlier=$(array_ids | grep -o '[0-9]*$')
: >ran
gate=$(sbatch --parsable -H --wrap true)
sed "s/-J trim job/-J trim -d afterany:$gate job/" launch.sh >gated.sh
sarray run -- bash gated.sh >/dev/null 2>words || fail "$(cat words)"
trim=$(array_of trim)
sarray cancel "$trim" --job 4 --with-dependents >/dev/null 2>&1
sarray retry "$(one "$trim")" --state cancelled >answers 2>said || fail "$(cat said)"
# It was cancelled while it waited for a job of Slurm's own, and still does.
again=$(grep -m 1 -o '[0-9]*$' answers)
assert_contains "$(squeue -h -r -j "$again" -o %E)" "afterany:$gate" 'what was open is waited for still'
scontrol release "$gate"
settled 'the cancelled ones'
assert_eq '1 1 1 1' "$(counts trim2 align2 call trim1)" 'each once'
[[ ! -e early ]] || fail "$(cat early)"

# --- killed at each of its questions and orders to Slurm --------------------------------------------------------------------------------
real=$(dirname "$(type -P sbatch)")
for name in sbatch scontrol squeue; do
  cat >"site/$name" <<E
#!/bin/bash
here=$TEST_DIR
[[ -e \$here/cut.at ]] || exec "$real/$name" "\$@"
[[ \$* == *--help* || \$* == *--version* || \$* == *' config'* ]] && exec "$real/$name" "\$@"
read -r at when <\$here/cut.at
echo $name >>\$here/calls
if [[ \$(wc -l <\$here/calls) != "\$at" && \$1 != "\$at" ]]; then exec "$real/$name" "\$@"; fi
if [[ \$when == end ]]; then # all that runs has ended when it is answered
  rm -f \$here/wait-*
  while [[ \$("$real/squeue" -h -o %i) ]]; do sleep 0.1; done
  exec "$real/$name" "\$@"
fi
if [[ \$when == after ]]; then "$real/$name" "\$@" >/dev/null 2>&1; fi
kill -9 \$PPID
exit 1
E
  chmod +x "site/$name"
done
cuts=0
for when in before after; do
  for ((at = 1; ; at += ${SARRAY_TEST_STEP:-6})); do
    ((at < 200)) || fail 'it never ends'
    touch bad-trim2
    begin launch.sh
    rm -f bad-trim2 calls
    echo "$at $when" >cut.at
    status=0
    PATH=$TEST_DIR/bin:$TEST_DIR/site:$PATH sarray retry "$trim" >answers 2>words || status=$?
    rm cut.at
    if ((status == 137)); then
      cuts=$((cuts + 1))
      finish "$when $at" 'no tasks to run again' sarray retry "$trim"
    elif ((status != 0)); then
      fail "$when $at: status $status: $(cat words)"
    fi
    settled "$when $at: $(cat words again 2>/dev/null)"
    assert_eq '1 1 1 1 1' "$(counts trim1 trim2 align2 call report)" "$when $at: each once: $(cat words again 2>/dev/null)"
    [[ ! -e early ]] || fail "$when $at: $(cat early)"
    ((status == 137)) || break
  done
done
((cuts > 8)) || fail "only $cuts cuts"

# --- killed when all is released; what was released ends while the next retry looks at it ---------------------------------------------
for at in 8 11 14; do
  touch bad-trim2
  begin launch.sh
  rm -f bad-trim2 calls
  touch wait-align2
  echo 'release after' >cut.at
  PATH=$TEST_DIR/bin:$TEST_DIR/site:$PATH sarray retry "$trim" >answers 2>words && fail 'it was not killed'
  rm calls
  echo "$at end" >cut.at
  PATH=$TEST_DIR/bin:$TEST_DIR/site:$PATH sarray retry "$trim" >answers 2>again ||
    grep -q 'no tasks to run again' again || fail "ended at question $at: $(cat again)" # it had all ended before the first look
  rm cut.at
  settled "ended at question $at: $(cat again)"
  assert_eq '1 1 1 1' "$(counts trim2 align2 call report)" "ended at question $at: each once"
  [[ ! -e early ]] || fail "$(cat early)"
done
echo "what the site or its user cancelled goes along with a retry; $cuts kills, none early, none twice, none forgotten"
