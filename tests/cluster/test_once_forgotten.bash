#!/usr/bin/env bash
# If Slurm forgets a job seconds after its end, and there is no accounting, what was interrupted is not submitted again by itself.
# shellcheck disable=SC2154 # lib/once.bash sets real
# run: 60
set -euo pipefail
lib=$(dirname "$(readlink -f -- "$0")")/lib
. "$lib/cluster.bash"
need_cluster --conf MinJobAge=3
cd "$TEST_DIR"
. "$lib/once.bash"
fake "$real"' "$@" >/dev/null; kill -9 $PPID'
name=$(new_session)
(sarray submit --session "$name" >/dev/null 2>&1) || true
is_forgotten() { [[ -z $(squeue -h -a -t all) ]]; }
SARRAY_TEST_PATIENCE=240 wait_until 'Slurm forgets the array' is_forgotten
assert_eq 2 "$(wc -l <ran)" 'its tasks ran'
fake 'echo must not be called >>called; exit 1'
assert_eq '1|sarray: error: an earlier submission of jobs 1,2 was interrupted: Slurm has no trace of it, but may have forgotten a finished job
hint: if you are sure that it did not run: sarray submit --again' "$(submit "$name")" 'a submit'
[[ ! -e called ]] || fail 'sbatch was called again'
fake 'exec '"$real"' "$@"'
assert_contains "$(submit "$name" --again)" '0|sarray: note: an earlier submission of jobs 1,2 was interrupted before Slurm had it' '--again'
echo 'what may have been forgotten is not submitted again'
