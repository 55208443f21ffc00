#!/usr/bin/env bash
# A queue file that makes several arrays: refused in the middle, cut off in the middle, done again. Each line once.
# run: 15
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster --kind small
cd "$TEST_DIR"
export SARRAY_STATE_DIR=$TEST_DIR/state
printf '#!/bin/sh\necho "$@"\n' >job.sh
sarray() { "$SARRAY" "$@"; }
# Several arrays have names of their own; a comment is each array's. The cluster is shared, also by this test under the sanitizers.
run=$$
in_slurm() { squeue -h -r -t all -o %k | grep -cFx "$1-$run" || :; }

# --- all of them: nothing is left, and the file may be submitted again
for i in {1..150}; do echo "sbatch -H --comment=first-$run -o /dev/null job.sh $i"; done >first
sarray submit --split first --parsable >ids 2>words
assert_eq 2 "$(wc -l <ids)" 'two arrays'
assert_eq 150 "$(in_slurm first)" 'each line'
sarray submit --split first --parsable >ids 2>words
assert_eq 300 "$(in_slurm first)" 'another submission, since the first is complete'
squeue -h -t all -o '%F %k' | sed -n "s/ first-$run\$//p" | sort -u | xargs scancel

sarray submit --split first -t 7 -n >out 2>words
assert_contains "$(<words)" 'note: -t 7 applies to each of the 2 arrays' 'what -t means'
printf 'sbatch job.sh %s\n' "$(head -c 140000 /dev/zero | tr '\0' x)" >huge
if sarray submit huge >out 2>words; then fail 'no exec can pass it'; fi
assert_contains "$(<words)" 'huge: line 1: an argument has 140000 bytes, and no program can be given more than 131071' 'a long argument'

# --- refused in the middle: the next one sends the rest, and the file itself is refused
partition=later$$ # the cluster is shared, and stays for the sanitizers' run
printf '%s\n' "sbatch -H --comment=mid-$run -t 1 job.sh 1" "sbatch -H --comment=mid-$run -t 1 -p $partition job.sh 2" "sbatch -H --comment=mid-$run -t 3 job.sh 3" >mid
if sarray submit --split mid >out 2>words; then fail 'there is no such partition'; fi
session=$(ls -t state/sessions | head -1)
assert_contains "$(<words)" "1 of 3 arrays are submitted; 'sarray submit --split --session $session', with the same options, sends the remaining 2 arrays" 'what is left, and how'
assert_eq 1 "$(in_slurm mid)" 'the first line'
if sarray submit --split mid >out 2>words; then fail 'it would submit the first line twice'; fi
assert_contains "$(<words)" "an earlier submission of $PWD/mid: 2 jobs of it are not known to be in Slurm, the others are; session $session has them" 'the file once more'
assert_eq 1 "$(in_slurm mid)" 'nothing twice'
scontrol create partitionname="$partition" nodes=ALL >/dev/null
at_exit eval "scontrol delete partitionname=$partition 2>/dev/null || :"
sarray submit --split --session "$session" --parsable >ids 2>words
assert_eq 2 "$(wc -l <ids)" 'the rest'
assert_eq 3 "$(in_slurm mid)" 'each line once'

# --- refused at once: it is as if it had not been submitted
printf '%s\n' "sbatch -H --comment=none-$run -p nosuch job.sh 1" "sbatch -H --comment=none-$run -t 1 job.sh 2" >none
if sarray submit --split none >out 2>words; then fail 'there is no such partition'; fi
sed -i 's/ -p nosuch//' none
sarray submit --split none >out 2>words
assert_eq 2 "$(in_slurm none)" 'the file, mended'

# --- cut off in the middle, before and after Slurm has an array
for place in before after; do
  name=cut_$place
  for i in {1..250}; do echo "sbatch -H --comment=$name-$run -o /dev/null job.sh $i"; done >"$name"
  mkdir "fake_$place"
  real=$(command -v sbatch)
  {
    echo '#!/bin/bash'
    printf 'case "$*" in --version | --help) exec %q "$@" ;; esac\n' "$real"
    printf 'echo >>%q\n' "$TEST_DIR/count_$place"
    printf 'if [[ $(wc -l <%q) == 2 ]]; then ' "$TEST_DIR/count_$place"
    [[ $place == before ]] || printf '%q "$@" >/dev/null; ' "$real"
    printf 'kill -9 $PPID; exit 1; fi\n'
    printf 'exec %q "$@"\n' "$real"
  } >"fake_$place/sbatch"
  chmod +x "fake_$place/sbatch"
  (PATH=$PWD/fake_$place:$PATH sarray submit --split "$name" >out 2>words) || true
  session=$(ls -t state/sessions | head -1)
  if [[ $place == before ]]; then want=100; else want=200; fi
  assert_eq "$want" "$(in_slurm "$name")" "killed $place"
  if sarray submit --split "$name" >out 2>words; then fail 'it would submit lines twice'; fi
  assert_contains "$(<words)" "sarray submit --split --session $session" 'how to go on'
  go_on() { sarray submit --split --session "$session" >out 2>words; }
  wait_shows='cat words' wait_until 'what may still come is settled' go_on
  assert_eq 250 "$(in_slurm "$name")" "each line once, killed $place"
  sarray submit --split "$name" --again -n >out 2>words
done
echo "refused, killed: each line of a file once"
