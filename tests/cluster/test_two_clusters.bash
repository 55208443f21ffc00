#!/usr/bin/env bash
# One home, two clusters: what went to one is not looked for on the other, not removed from there, and not merged with what goes there.
# shellcheck disable=SC2154 # lib/once.bash sets real
# run: 12
set -euo pipefail
lib=$(dirname "$(readlink -f -- "$0")")/lib
. "$lib/cluster.bash"
need_cluster
cluster_tool=$lib/../../../tools/cluster
other=$("$cluster_tool" up --conf ClusterName=other 2>"$TEST_DIR/other-up.log") || fail "another cluster"$'\n'"$(cat "$TEST_DIR/other-up.log")"
at_exit "$cluster_tool" down --dir "$other"
cd "$TEST_DIR"
. "$lib/once.bash"
first_conf=$SLURM_CONF other_conf=$other/etc/slurm.conf
own=$(scontrol show config | sed -n 's/^ClusterName *= *//p')
printf '#!/bin/bash\necho "$1 ran on $SLURM_CLUSTER_NAME" >>%q/ran\n' "$TEST_DIR" >job.slurm
have_run() { [[ -e ran && $(wc -l <ran) -ge $1 ]]; } # COUNT

# --- in one session
fake 'exec '"$real"' "$@"'
name=$(sarray listen 2>&1 >/dev/null <<END | sed -n 's/^sarray: session \(\S*\) keeps.*/\1/p'
sbatch job.slurm a
SLURM_CONF=$other_conf sbatch job.slurm b
END
)
words=$(submit "$name")
assert_contains "$words" 'SLURM_CONF (variable)' 'the difference is shown'
assert_contains "$words" 'sarray: error: the jobs cannot share one array: they differ in 1 option that an array has only once' 'they share no array'
words=$(submit "$name" --split)
assert_contains "$words" '0|' 'two arrays'
wait_until 'two tasks run' have_run 2
assert_eq "a ran on $own b ran on other" "$(sort ran | tr '\n' ' ' | sed 's/ $//')" 'each on its own cluster'

# --- checked on the cluster that the call is for, in one session
printf 'PartitionName=elsewhere Nodes=ALL\n' >>"$other_conf"
SLURM_CONF=$other_conf scontrol reconfigure
wait_until 'the other cluster has the partition' eval 'SLURM_CONF=$other_conf sinfo -h -p elsewhere | grep -q elsewhere'
words=$(sarray listen --check 2>&1 <<END
for i in 1 2; do
  sbatch -p elsewhere job.slurm || echo "first refused"
  SLURM_CONF=$other_conf sbatch -p elsewhere job.slurm || echo "other refused"
done
sarray cancel
END
)
assert_eq '2 0' "$(grep -c '^first refused' <<<"$words") $(grep -c '^other refused' <<<"$words")" "each cluster is asked about its own: $words"

# --- cut off on the one, submitted again on the other
fake "$real"' "$@" >/dev/null; kill -9 $PPID'
name=$(new_session)
(sarray submit --session "$name" >/dev/null 2>&1) || true
fake 'echo must not be called >>called; exit 1'
assert_eq "1|sarray: error: an earlier submission of jobs 1,2 was interrupted: it went to cluster $own, and this is cluster other
hint: sarray submit, with the SLURM_CONF of $own" "$(SLURM_CONF=$other_conf submit "$name")" 'on the other cluster'
SLURM_CONF=$other_conf sarray history >/dev/null 2>&1
assert_contains "$(submit "$name")" 'which was interrupted, is in Slurm as job ' 'on its own'
[[ ! -e called ]] || fail 'sbatch was called again'

# --- pruned from the other
fake 'exec '"$real"' "$@"'
name=$(sarray listen 2>&1 >/dev/null <<<'sbatch -H job.slurm c' | sed -n 's/^sarray: session \(\S*\) keeps.*/\1/p')
id=$(sarray submit --session "$name" --parsable 2>/dev/null)
find state/submissions -exec touch -h -d '2020-01-02 03:04' {} +
before=$(ls state/submissions)
assert_contains "$(SLURM_CONF=$other_conf sarray sessions --prune)" 'and 0 submissions' 'the other cluster'
assert_eq "$before" "$(ls state/submissions)" 'the submissions stay'
SLURM_CONF=$first_conf scancel "$id"
echo 'two clusters are told apart'
