#!/usr/bin/env bash
# The generated script, submitted with sbatch by hand: without the state folder, and never into the files of the run before.
# run: 30
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION SARRAY_NAMES
mkdir other

cat >job.sh <<'END'
#!/bin/bash
echo "task ${SLURM_ARRAY_TASK_ID-} arg $1 foo=$FOO job $SLURM_JOB_ID"
[[ -t 0 || ! -s /dev/stdin ]] || cat
echo "err $1" >&2
END
echo 'from a file' >input
cat >queue <<'END'
sbatch --output=$PWD/r_%j.txt job.sh 1
sbatch --array=5-6 --output=t_%a.txt -e e_%A_%a.txt job.sh 2
sbatch -D other -i ../input $PWD/job.sh 3
sbatch -o p_%A.txt -e p_%A.txt job.sh 4
END
own_id() { squeue -h -r -t all -j "$1" -o '%A %K' | awk -v k="$2" '$2 == k { print $1 }'; } # JOBID INDEX
states() { squeue -h -r -t all -j "$1" -o %T | sort | uniq -c | awk '{ print $1, $2 }' | paste -sd ' '; }

# --- the saved script without its array, or run by bash: nothing of it may be run
SARRAY_STATE_DIR=$TEST_DIR/no-state sarray submit -n queue >plain.slurm 2>/dev/null
sed -i '/^#SBATCH --array/d' plain.slurm
for command in "sbatch -W -o $PWD/plain.out plain.slurm" 'env -u SLURM_ARRAY_TASK_ID -u SLURM_ARRAY_JOB_ID bash plain.slurm'; do
  rm -f plain.out
  FOO=x $command >said 2>&1 && fail "$command ends with 0"
  cat plain.out >>said 2>/dev/null || :
  assert_contains "$(cat said)" 'it was not started as a task of an array' "$command"
  [[ $(cat said) != *foo=x* ]] || fail "$command runs a job"
done

# --- the saved script once more: the first run's files stay as they are
export FOO=common
id=$(sarray submit queue --parsable 2>err) || fail "$(cat err)"
wait_job "$id"
grep -q links sarray.slurm && grep -q '^#SBATCH.*links' sarray.slurm && fail 'a link stands in the script'
first=$(own_id "$id" 0)
cp "r_$first.txt" before
cp e_2000000002_5.txt error.before
FOO=other sbatch --parsable sarray.slurm >again
again=$(cat again)
wait_job "$again"
assert_eq '5 COMPLETED' "$(states "$again")" 'the saved script, by hand'
assert_eq "$(cat before)" "$(cat "r_$first.txt")" "the first run's output stays"
second=$(own_id "$again" 0)
assert_eq "task  arg 1 foo=other job $second|err 1" "$(paste -sd '|' "r_$second.txt")" 'the second run has its own, and the shell its variables'
assert_eq "task 5 arg 2 foo=other job $(own_id "$again" 1)" "$(cat t_5.txt)" 'a fixed name is written again, as alone'
assert_eq 'err 2 err 2' "$(cat "e_${again}_1.txt" "e_${again}_2.txt" | paste -sd ' ')" "%A and %a are Slurm's pair"
assert_eq 'err 2' "$(cat error.before)" 'the first error file'
[[ error.before -ef e_2000000002_5.txt ]] || cmp error.before e_2000000002_5.txt
assert_eq "task  arg 3 foo=other job $(own_id "$again" 3)|from a file|err 3" "$(paste -sd '|' "other/slurm-${again}_3.out")" 'the default, its directory and its input'
[[ -e p_$(own_id "$again" 4).txt ]] || fail "a plain job's %A is its own id: $(ls)"
assert_eq '' "$(find . -name "slurm-${again}_*" ! -path './other/*')" 'nothing else stays'
assert_eq "$PWD/r_$second.txt|$PWD/e_${again}_2.txt|$PWD/other/slurm-${again}_3.out" \
  "$(sarray which "${again}_0" | sed -n 's/^output  *//p')|$(sarray which "${again}_2" | sed -n 's/^error  *//p')|$(sarray which "${again}_3" | sed -n 's/^output  *//p')" \
  'which knows that it was submitted by hand'

# --- a dry run's script, without any state folder, from another directory
sarray submit -n queue >my.slurm 2>/dev/null
mv state gone
mkdir elsewhere
dry=$(cd elsewhere && FOO=dry sbatch --parsable ../my.slurm)
wait_job "$dry"
assert_eq '5 COMPLETED' "$(states "$dry")" "a dry run's script"
assert_eq "task  arg 1 foo=dry job $(own_id "$dry" 0)|err 1" "$(paste -sd '|' "r_$(own_id "$dry" 0).txt")" 'its output'
assert_eq '' "$(ls elsewhere)" 'nothing where it was submitted'
mv gone state

# --- what cannot be opened is said where one looks, and nothing runs
echo 'sbatch -o nowhere/x.txt --wrap "touch ran"; sbatch -o here.txt --wrap true' | tr ';' '\n' >bad
sarray submit -n bad >bad.slurm 2>/dev/null
bad=$(sbatch --parsable bad.slurm)
wait_job "$bad"
assert_eq "sarray: error: task 0 of array $bad: $PWD/nowhere/x.txt cannot be opened" "$(cat "slurm-${bad}_0.out")" 'a folder that is missing'
[[ ! -e ran && -e here.txt && ! -e slurm-${bad}_1.out ]] || fail "it ran, or its neighbour did not: $(ls)"

# --- a job that needs the translator, which is not there
# shellcheck disable=SC2016
echo "sbatch -o self.txt --wrap 'scontrol show job \$SLURM_JOB_ID; touch ran'" >self
sarray submit -n self >self.slurm 2>/dev/null
self=$(sbatch --parsable self.slurm)
wait_job "$self"
assert_eq '1 FAILED' "$(states "$self")" 'without the translator'
assert_contains "$(cat self.txt)" "it names Slurm's commands" 'refused by name'

# --- an edit of the same length is never run, nor without the variable that sarray's own submission has
sed 's/touch ran/touch RAN/' bad.slurm >edited.slurm
edited=$(sbatch --parsable edited.slurm)
wait_job "$edited"
assert_eq '1 COMPLETED 1 FAILED' "$(states "$edited")" 'an edited script'
assert_contains "$(cat "slurm-${edited}_0.out")" 'is damaged or was edited' 'it says so'
[[ ! -e RAN ]] || fail 'an edit was run'

# --- -n --split -o DIR/: a file for each array, which can be submitted as they are
printf '%s\n' 'sbatch -t 1 -o one.txt job.sh 1' 'sbatch -t 2 -o two.txt job.sh 2' >two
assert_contains "$(sarray submit two --split -n 2>&1 >/dev/null)" 'sarray: note: 2 scripts are printed one after the other, and sbatch takes one
hint: sarray submit two --split -n -o scripts/ writes a file for each' 'two scripts on standard output'
assert_eq 'scripts/sarray.slurm scripts/sarray-2.slurm' "$(sarray submit two --split -n -o scripts/ 2>/dev/null | paste -sd ' ')" 'their names'
one=$(sbatch --parsable scripts/sarray.slurm) two=$(sbatch --parsable scripts/sarray-2.slurm)
wait_job "$one"
wait_job "$two"
assert_eq "task  arg 1 foo=common job $one task  arg 2 foo=common job $two" "$(grep -h task one.txt two.txt | paste -sd ' ')" 'both ran'
echo 'mine' >scripts/sarray-2.slurm
assert_contains "$(sarray submit two --split -n -o scripts/ 2>&1 || true)" 'sarray: error: scripts/sarray-2.slurm: it was not written by sarray' "a file of the user's"
assert_contains "$(sarray submit two --split -n -o two/ 2>&1 || true)" 'sarray: error: two/: ' 'a folder that is a file'
echo "by hand: own files, the shell's variables, refusals, a folder of scripts"
