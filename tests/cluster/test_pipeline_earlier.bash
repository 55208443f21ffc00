#!/usr/bin/env bash
# Jobs that wait for those of an earlier submission: the newest attempt of a retried task counts, whether it is over or not; and what was
# fulfilled when the call was made stays so, although Slurm has forgotten it when it is submitted.
# run: 60
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster --own --nodes 1 --cpus 64 --conf MinJobAge=300
cd "$TEST_DIR"
mkdir bin
ln -s "$SARRAY" bin/sarray
export PATH=$TEST_DIR/bin:$PATH SARRAY_STATE_DIR=$TEST_DIR/state SBATCH_OUTPUT=/dev/null NO_COLOR=1
cat >job.sh <<'E'
#!/bin/bash
# job.sh NAME: waits until wait-NAME is gone, and fails as long as bad-NAME is there.
name=$1${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}
while [[ -e wait-$name ]]; do sleep 0.1; done
[[ ! -e bad-$name ]] || exit 3
touch "ran-$name"
E
chmod +x job.sh
quiet() { [[ -z $(squeue -h -o %i -t RUNNING,COMPLETING,PENDING) ]]; }
settled() { wait_shows=squeue wait_until "$1" quiet; } # WHAT
# in_session: the script on standard input in a session.
in_session() { sarray listen >listened 2>&1 || fail "$(cat listened)"; }
waits_for() { squeue -h -r -n "$1" -o %E; } # JOB NAME

# --- failed, retried, completed: fulfilled ----------------------------------------------------------------------------------
touch bad-one bad-many_5
in_session <<'E'
sbatch --parsable -J one job.sh one >one.id
sbatch --parsable -J many --array=4-6 job.sh many >many.id
sarray submit >first 2>&1
E
array=$(grep -m 1 -o '[0-9]*$' first)
settled 'the first submission'
one=$(<one.id) many=$(<many.id)
in_session <<E
sbatch -d afterok:$one job.sh early
sarray submit; echo "status \$?"
E
assert_contains "$(<listened)" 'status 1' 'a job whose parent has failed is refused'
rm bad-one bad-many_5
sarray retry "$array" >retried 2>&1 || fail "$(cat retried)"
settled 'the retry'
in_session <<E
sbatch -d afterok:$one job.sh a
sbatch -d afterok:$many job.sh b
sbatch -d afterok:${many}_5,afterok:${many}_6 job.sh c
sbatch --array=4-6 -d aftercorr:$many job.sh d
sarray submit; echo "status \$?"
E
assert_contains "$(<listened)" 'status 0' "after the retry: $(cat listened)"
settled 'what waited for retried tasks'
for name in a b c d_4 d_5 d_6; do [[ -e ran-$name ]] || fail "$name did not run"; done
[[ ! -e ran-early ]] || fail 'a refused job ran'

# --- the retry still runs: it is waited for -----------------------------------------------------------------------------------
touch bad-two
in_session <<'E'
sbatch --parsable -J two job.sh two >two.id
sbatch job.sh beside
sarray submit >second 2>&1
E
settled 'the second submission'
rm bad-two
touch wait-two
retried=$(sarray retry "$(grep -m 1 -o '[0-9]*$' second)" --parsable 2>/dev/null)
in_session <<E
sbatch -J e -d afterok:$(<two.id) job.sh e
sarray submit --split; echo "status \$?"
E
assert_contains "$(<listened)" 'status 0' "while the retry runs: $(cat listened)"
assert_contains "$(waits_for e)" "afterok:$retried" 'the newest attempt is waited for'
[[ ! -e ran-e ]] || fail 'it did not wait'
rm wait-two
settled 'the child of the retry'
[[ -e ran-e ]] || fail 'it did not run'

# --- fulfilled at the call, forgotten at submit ---------------------------------------------------------------------------------
real=$(sbatch --parsable job.sh real)
failed=$(sbatch --parsable --wrap 'exit 1')
settled 'two jobs of Slurm'\''s own'
in_session <<E
sbatch -d afterok:$real job.sh f
sbatch -d afternotok:$failed job.sh g
exit
E
session=$(grep -o 'resume [^,]*' listened | head -n 1 | cut -d ' ' -f 2)
[[ -n $session ]] || fail "$(cat listened)"
sed -i 's/^MinJobAge=.*/MinJobAge=2/' "$SARRAY_CLUSTER_DIR/etc/slurm.conf"
scontrol reconfigure
# After it Slurm gives ids again that its saved state does not have yet (observed on 22.05): those of the two are used up.
used=0
while ((used <= failed)); do used=$(sbatch --parsable --wrap true); done
forgotten() { ! scontrol show job "$real" >/dev/null 2>&1 && ! scontrol show job "$failed" >/dev/null 2>&1; }
wait_until 'Slurm has forgotten them' forgotten
sarray submit --session "$session" >answers 2>words || fail "what was fulfilled is refused: $(cat words)"
ran() { [[ -e ran-f && -e ran-g ]]; }
wait_until 'both have run' ran
in_session <<E
sbatch -d afterok:$real job.sh h
sarray submit; echo "status \$?"
E
assert_contains "$(<listened)" "Slurm does not know job $real" 'what was never seen fulfilled is refused'
echo 'the newest attempt counts, and what was fulfilled stays so'
