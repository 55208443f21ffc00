#!/usr/bin/env bash
# After the submission, without accounting: status, which, find, logs, cancel, hold, release, retry.
# run: 110
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/follow.bash"
# shellcheck disable=SC2086 # SARRAY_FOLLOW_RELEASE=trixie or bullseye: another Slurm, in a chroot
need_cluster --conf MinJobAge=300 ${SARRAY_FOLLOW_RELEASE:+--release $SARRAY_FOLLOW_RELEASE}
cd "$TEST_DIR"
export SARRAY_STATE_DIR=$TEST_DIR/state

id='' retried=''
submit_story
check_while_it_runs
check_which failed 3
check_logs
check_end
cp state/submissions/*/sarray.slurm first.slurm
check_retry
check_cancelled_while_pending

# Without our notes Slurm's own copy of the script is the map.
lose_notes
assert_eq '55 0 0 5 0 0 0' "$(counts "$retried")" 'the chain from the script in Slurm'
assert_eq '55 0 0 5 0 0 0' "$(counts "$id")" 'the chain from its beginning: the path of a retry'"'"'s script names it'
check_without_notes
check_which completed 0
check_logs

# What Slurm has forgotten, without accounting.
wait_forgotten "$id" "$retried"
if "$SARRAY" status "$id" >out 2>err; then fail 'status of a job that nobody knows'; fi
assert_contains "$(cat err)" '--from sarray.slurm' 'the hint'
"$SARRAY" status "$id" --from first.slurm >out 2>err || fail "status --from: $(cat err)"
assert_contains "$(cat out)" '60 unknown' 'states that cannot be known'
assert_contains "$(cat err)" "the queue has forgotten all tasks of job $id, and accounting cannot be asked: " 'and why'
assert_contains "$("$SARRAY" which "${id}_6" --from first.slurm 2>/dev/null)" "output     $PWD/logs/alpha_7.out" 'which --from'
assert_contains "$("$SARRAY" logs "$id" --job beta --from first.slurm)" 'second x y' 'logs --from: %j is found by its shape'
echo "follow: 60 tasks, a retry, and a forgotten job"
