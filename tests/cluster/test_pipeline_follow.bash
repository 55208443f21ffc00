#!/usr/bin/env bash
# A pipeline after its submission, by the jobs' own names: who waits for whom in list, submit -n, status and JSON; a failed job is retried and
# those that wait for it wait for its new attempt; cancel says what becomes of them.
# run: 60
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/pipeline.bash"
need_cluster
cd "$TEST_DIR"
mkdir bin
ln -s "$SARRAY" bin/sarray
export PATH=$TEST_DIR/bin:$PATH SARRAY_STATE_DIR=$TEST_DIR/state SBATCH_OUTPUT=/dev/null NO_COLOR=1

cat >job.sh <<'E'
#!/bin/bash
# job.sh NAME: waits until the file go is there; fails as long as the file bad-NAME is there.
until [[ -e go ]]; do sleep 0.1; done
[[ ! -e bad-$1 ]] || exit 3
echo "$1" >>ran
E
cat >launch.sh <<'E'
set -e
for s in 1 2 3; do
  trim=$(sbatch --parsable -J "trim" job.sh "trim$s")
  align=$(sbatch --parsable -J "align" -d "afterok:$trim" job.sh "align$s")
  ids=$ids:$align
  clean=$(sbatch --parsable -J "clean" -d "afternotok:$trim" job.sh "clean$s")
done
sbatch --parsable -J call -d "afterok$ids" job.sh call
E
chmod +x job.sh launch.sh

# --- before it is submitted ---------------------------------------------------------------------------------------------
touch bad-trim2
sarray run --record-only -- bash ./launch.sh >/dev/null 2>recorded
session=$(grep -o -- '--session [^ ,]*' recorded | head -n 1 | cut -d ' ' -f 2)
listed=$(sarray list --session "$session")
[[ $listed =~ script\ and\ arguments ]] && [[ $listed == *'  waits for  '* ]] || fail "the column of what a job waits for"$'\n'"$listed"
assert_contains "$listed" '  1 trim  ' 'list names the parent by number and name'
assert_contains "$listed" '  2 align, 5 align, 8 align  ' 'a join'
assert_contains "$listed" '  afternotok 4 trim  ' 'another type than afterok is said'
assert_contains "$(sarray list -l --session "$session")" 'waits for 2 align, 5 align, 8 align' 'list -l'
[[ $listed =~ 3\ +1\ +1\ +10\ call\ +2,5,8\ align ]] || fail "the table of stages"$'\n'"$listed"
graph=$(sarray list --session "$session" --graph)
assert_contains "$graph" 'j1 -> j2;' 'DOT'
assert_contains "$graph" 'j4 -> j6 [label="afternotok"];' 'DOT with types'
assert_eq "$graph" "$(sarray submit --session "$session" -n --graph 2>/dev/null)" 'submit -n --graph'
python3 - "$(sarray list --session "$session" --json)" <<'E' || fail 'edges in JSON'
import json, sys
jobs = json.loads(sys.argv[1])["jobs"]
assert jobs[0]["waits"] == []
assert [(w["type"], w["job"]) for w in jobs[9]["waits"]] == [("afterok", 2), ("afterok", 5), ("afterok", 8)], jobs[9]
E

# --- while it waits, and after one has failed -----------------------------------------------------------------------------
sarray submit --session "$session" >/dev/null 2>&1
trim=$(array_of trim) align=$(array_of align) call=$(array_of call)
status=$(sarray status "$(one "$align")")
assert_contains "$status" 'align: waits for 1 trim' 'status names what a job waits for'
[[ $status != *Dependency* ]] || fail "Slurm's own word is not shown"$'\n'"$status"
assert_contains "$(sarray status "$(one "$call")")" 'call: waits for 2 align, 5 align, 8 align' 'a join'
cancel=$(sarray cancel "$trim" --job 4 -n 2>&1)
assert_contains "$cancel" '2 waiting tasks can never run without it: 5 align, 10 call' 'cancel says what becomes of the children'
assert_contains "$cancel" '1 waiting task does not wait for it any longer: 6 clean' 'and who is freed'
touch go
never() { [[ $(sarray status "$(one "$call")") == *'call: will never run: 4 trim failed'* ]]; }
wait_until 'the join will never run' never
assert_contains "$(sarray status "$(one "$align")" --tasks)" 'pending (will never run: 4 trim failed)' 'a task'
if sarray status "$(one "$call")" --wait >/dev/null; then fail 'status --wait ends well, and a task never runs'; else assert_eq 3 $? 'status --wait ends'; fi

# --- resumed ----------------------------------------------------------------------------------------------------------------
rm bad-trim2
retry=$(sarray retry "$trim" 2>&1)
assert_contains "$retry" '1 waiting task waits for the new attempt' 'retry takes along what waits'
sarray status "$(one "$call")" --wait >/dev/null || fail "the join did not run: $(sarray status "$(one "$call")")"
# What cleans after the failure may begin later than all others. What cleans after the others, which did not fail, stays as alone.
ended() { [[ $(squeue -h -r -j "$(array_ids | tr ' ' ,)" -t PENDING,RUNNING,COMPLETING -o %r | sort | uniq -c | xargs) == '2 DependencyNeverSatisfied' ]]; }
left() { squeue -r -j "$(array_ids | tr ' ' ,)"; }
wait_shows=left wait_until 'all others have ended' ended
assert_eq '1 1 1 1' "$(for job in trim2 align2 call clean2; do grep -c "^$job\$" ran; done | xargs)" 'each once, also what ran because of the failure'
scancel "$align" # nothing of this pipeline is left to see what comes

# --- cancelled with those that wait -------------------------------------------------------------------------------------------
rm -r go ran
# shellcheck disable=SC2034 # array_of reads it
earlier=$(array_ids | grep -o '[0-9]*$')
sarray run -- bash ./launch.sh >/dev/null 2>&1
trim=$(array_of trim) align=$(array_of align) call=$(array_of call)
said=$(sarray cancel "$trim" --job 4 --with-dependents 2>&1)
assert_contains "$said" 'and 2 tasks that could never run then' 'cancel --with-dependents'
touch go
wait_shows=left wait_until 'all others have ended' ended
assert_eq '0 0 1 1' "$(for job in align2 call align1 clean2; do grep -c "^$job\$" ran || true; done | xargs)" 'the dependents are cancelled, others run'
echo 'pipelines are followed, resumed and cancelled by name'
