#!/usr/bin/env bash
# After the submission, with accounting: sacct still knows what Slurm's queue has forgotten.
# run: 140
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/follow.bash"
# shellcheck disable=SC2086 # SARRAY_FOLLOW_RELEASE=bullseye: another Slurm, in a chroot
need_cluster --accounting --conf MinJobAge=300 ${SARRAY_FOLLOW_RELEASE:+--release $SARRAY_FOLLOW_RELEASE}
cd "$TEST_DIR"
export SARRAY_STATE_DIR=$TEST_DIR/state

id='' retried=''
submit_story
check_while_it_runs
check_end
check_which failed 3
check_logs
cp state/submissions/*/sarray.slurm first.slurm
check_retry
check_cancelled_while_pending
wait_accounted "$id"
wait_accounted "$retried"
check_usage
wait_forgotten "$id" "$retried"
assert_eq '55 0 0 5 0 0 0' "$(counts "$id")" 'from accounting'
lose_notes
if [[ ${SARRAY_FOLLOW_RELEASE-} == bullseye ]]; then # accounting keeps scripts from 21.08 on
  if "$SARRAY" status "$id" >out 2>err; then fail '20.11 has no script'; fi
  assert_contains "$(cat err)" '--from sarray.slurm' 'the hint'
  assert_eq '52 2 1 5 0 0 0' "$(counts "$id" --script first.slurm)" 'from accounting, with a script that was kept: that attempt'
  check_which failed 3 --from first.slurm
  check_logs --script first.slurm
  echo "follow: the same from the accounting of 20.11"
  exit
fi
assert_eq '55 0 0 5 0 0 0' "$(counts "$retried")" 'from accounting, with the script that it keeps'
assert_eq '55 0 0 5 0 0 0' "$(counts "$id")" 'and from the first attempt, whose retry accounting knows by its path'
check_without_notes
check_which completed 0
check_logs
echo "follow: the same from accounting"
