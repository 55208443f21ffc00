#!/usr/bin/env bash
# The options of the sbatch call itself: how it is answered, what goes to the real sbatch, what is refused.
# run: 20
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster --accounting # sbatch -M asks slurmdbd
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION
printf '#!/bin/bash\ntrue\n' >job.slurm
cluster=$(scontrol show config | sed -n 's/^ClusterName *= *//p')

# both COMMAND: what it says and its status, given to the real sbatch and in a session, with the ids made equal.
both() {
  (set +e; eval "$1"; echo "status $?") >alone 2>&1
  sarray listen >recorded 2>&1 <<<"$1; echo \"status \$?\"; sarray cancel 2>/dev/null"
  sed -Ei 's/^(Submitted batch job )?[0-9]+/\1ID/' alone recorded
  diff alone recorded || fail "$1"
}
both 'sbatch -o /dev/null job.slurm'
both 'sbatch -o /dev/null --parsable job.slurm'
both 'sbatch -o /dev/null -Q job.slurm'
both 'sbatch -o /dev/null --quiet --parsable job.slurm'
both "sbatch -o /dev/null -M $cluster job.slurm"
both "sbatch -o /dev/null --parsable -M $cluster job.slurm"
both 'sbatch -o /dev/null -M all job.slurm'
both 'sbatch -o /dev/null --parsable --clusters=all job.slurm'
both "sbatch -o /dev/null -M $cluster,$cluster job.slurm"
both 'SLURM_CLUSTERS=all sbatch -o /dev/null job.slurm'
both 'sbatch --version'
both 'sbatch --help'
both 'sbatch --usage'

# What sbatch prints of the options with -v, however verbosity is asked for.
options() { # COMMAND
  both "$1 2>&1 | sed -n '/^Submitted/p; /^sbatch: defined options/,/^sbatch: end of defined options/p'"
  assert_contains "$(cat recorded)" 'sbatch: end of defined options' "$1 says something"
}
printf '#!/bin/bash\n#SBATCH -t 90 --mem 2G\ntrue\n' >options.slurm
options 'sbatch -v -o /dev/null job.slurm'
options "sbatch -vv -o /dev/null -J 'a name' --ntasks=2 --array=1-3 -C '' --export=ALL,A=1 --mail-type=END,FAIL options.slurm x"
options 'SBATCH_DEBUG=1 sbatch -o /dev/null -N 1-2 options.slurm'
options 'SBATCH_TIMELIMIT=1-2 sbatch --verbose -o /dev/null -e x --begin=2040-01-01 <options.slurm'
options 'sbatch -v -H -o /dev/null --wrap "echo x"'
words=$(sarray listen 2>&1 <<<'sbatch -v job.slurm >/dev/null; SBATCH_DEBUG=0 sbatch job.slurm; sarray cancel --yes')
assert_eq 1 "$(grep -c '^sbatch: defined options' <<<"$words")" 'once'
assert_contains "$words" '2 jobs' 'both are recorded'

# --test-only belongs to the real sbatch, on the command line and in the script; nothing is recorded.
printf '#!/bin/bash\n#SBATCH --test-only\ntrue\n' >test_only.slurm
words=$(sarray listen 2>&1 <<<'sbatch --test-only job.slurm; sbatch test_only.slurm; sarray list')
assert_eq 2 "$(grep -c '^sbatch: Job [0-9]* to start at ' <<<"$words")" '--test-only'
assert_eq 'the queue is empty' "$(tail -n 1 <<<"$words")" 'nothing is recorded'

# Refused by name, with the command that does it alone.
words=$(sarray listen 2>&1 <<<'sbatch -W job.slurm; sbatch -n1 : -n2 job.slurm; sbatch --bb x job.slurm; sbatch -d expand:1 job.slurm; sbatch -d afterok:2000000001 job.slurm; true')
for refusal in '--wait: a recorded call cannot wait; after the submit use: sarray status JOBID --wait' 'heterogeneous job: Slurm has no arrays of heterogeneous jobs' \
  '--bb: it needs a job of its own in Slurm' '--dependency=expand: it needs a job of its own in Slurm'; do
  assert_contains "$words" "sarray: error: $refusal
hint: $(type -P sbatch) -" "$refusal"
done
assert_contains "$words" "hint: $(type -P sbatch) -W job.slurm" 'the command for the real sbatch'
# The real sbatch would take this call, and run the job before its parent.
assert_contains "$words" 'sarray: error: --dependency=afterok:2000000001: no job of this session has that id, and none that was submitted
hint: sarray list shows the jobs that can be waited for' 'a dependency on a job that is nowhere'

# So it would these: no hint has the id of a recorded call in a command for it.
cat >child.slurm <<'END'
#!/bin/bash
#SBATCH --bb=x -d afterany:ID
END
words=$(sarray listen 2>&1 <<'END'
a=$(sbatch --parsable job.slurm)
sed -i "s/ID/$a/" child.slurm
for words in "-W -d afterok:$a job.slurm" "-n1 -d afterok:$a : -n2 job.slurm" "--bb x --dep=$a job.slurm" "-d expand:$a job.slurm" "-d afterburstbuffer:$a job.slurm" \
  "-d singleton?afterany:$a job.slurm" child.slurm; do
  ! sbatch $words || echo "taken: $words"
done
END
)
assert_eq 7 "$(grep -c '^sarray: error: ' <<<"$words")" "refused: $words"
assert_eq 6 "$(grep -c '^hint: sarray submit first; then give this one call to the real sbatch' <<<"$words")" "hints: $words"
[[ $words != *" $(type -P sbatch) "* ]] || fail "a hint that runs a job before its parent: $words"

# A merged array of calls with -M goes there.
sarray listen >answers 2>/dev/null <<END
sbatch -M $cluster -o one job.slurm
sbatch -M $cluster -o two job.slurm
sarray submit
END
assert_contains "$(tail -n 1 answers)" " on cluster $cluster" "sbatch's own answer"
id=$(tail -n 1 answers | sed 's/Submitted batch job \([0-9]*\).*/\1/')
wait_job "$id"
[[ -e one && -e two ]] || fail 'the tasks did not run'
echo "parsable, quiet, clusters, help, version, test-only, refusals"
