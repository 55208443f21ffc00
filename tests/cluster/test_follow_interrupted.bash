#!/usr/bin/env bash
# A submission whose sarray is killed after Slurm took it, and before it could note so, is followed like any other.
# run: 80
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/follow.bash"
need_cluster --accounting --conf MinJobAge=300
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state
unset SARRAY_SESSION
printf '#!/bin/bash\necho "$1 $COLOUR"\n[ -e fixed ]\n' >job.sh
real=$(type -P sbatch)
mkdir fake
export PATH=$TEST_DIR/fake:${SARRAY%/*}:$PATH

# An sbatch that, having submitted, kills the sarray that waits for its answer; nobody hears the id.
cat >fake/sbatch <<END
#!/bin/bash
case "\$*" in --version | --help) exec $real "\$@" ;; esac
$real "\$@" >'$TEST_DIR/answer'
[ -e '$TEST_DIR/kill' ] && kill -9 \$PPID
cat '$TEST_DIR/answer'
END
chmod +x fake/sbatch
answered() { sed 's/Submitted batch job //' answer; }
# Once the sbatch that outlives its sarray has ended, too: till then its submission is left alone.
wait_history() { # IDS MSG
  history_is() { [[ $(history_ids) == "$1" ]]; }
  wait_shows=history_ids wait_until "$2: $1" history_is "$1"
}
history_ids() { json '" ".join(s["job_id"] for s in j["submissions"])' sarray history --json; }

# --- of a session: settled by the next submit
export COLOUR=red
name=$(sarray listen 2>&1 >/dev/null <<<'sbatch -J killed -o %x.out job.sh a' | sed -n 's/^sarray: session \(\S*\) keeps.*/\1/p')
touch kill
(sarray submit --session "$name" >/dev/null 2>&1) || true
first=$(answered)
rm kill
wait_job "$first"
assert_contains "$(sarray submit --session "$name" 2>&1 || true)" "which was interrupted, is in Slurm as job $first" 'the next submit'
assert_eq "$first" "$(history_ids)" 'history has what the next submit found'
assert_eq "$PWD" "$(json 'j["submissions"][0]["directory"]' sarray history --json)" 'with all that a submission notes'
assert_eq "killed" "$(json 'j["tasks"][0]["name"]' sarray which 2000000001 --json)" 'its virtual id'
# The environment that its tasks began with is noted, too: no warning, and the old value.
touch fixed
retried=$(COLOUR=blue sarray retry "$first" --parsable 2>retry.err) || fail "retry: $(cat retry.err)"
wait_job "$retried"
[[ $(cat retry.err) != *warning* ]] || fail "retry: $(cat retry.err)"
assert_eq 'a red' "$(cat killed.out)" 'the retried task has the environment of the first'

# --- of a file, and a retry: nobody settles these but the commands that follow
echo 'sbatch -J file -o %x.out job.sh b' >queue
rm fixed
touch kill
(sarray submit queue >/dev/null 2>&1) || true
second=$(answered)
wait_history "$first $retried $second" 'a file whose submit was killed'
wait_job "$second"
(sarray retry "$second" >/dev/null 2>&1) || true
third=$(answered)
rm kill
wait_job "$third"
wait_history "$first $retried $second $third" 'a retry that was killed'
assert_contains "$(sarray status "$second")" "retried as array $third: 1 task" 'a killed retry belongs to the chain'

# --- one that never came to Slurm is asked for until that is sure, and then no more
printf '#!/bin/bash\ncase "$*" in --version | --help) exec %q "$@" ;; esac\nkill -9 $PPID\n' "$real" >fake/sbatch
(sarray submit queue >/dev/null 2>&1) || true
wait_history "$first $retried $second $third" 'what never came to Slurm'
is_withdrawn() { # settled by a look at it, some time after it was interrupted
  sarray history >/dev/null
  [[ $(grep -l '"withdrawn":true' state/submissions/*/record.json | wc -l) == 1 ]]
}
wait_until 'it is not asked for any more' is_withdrawn

# --- what the queue has forgotten is found in accounting, by the array's id and not by a task's
printf '#!/bin/bash\ncase "$*" in --version | --help) exec %q "$@" ;; esac\n%q "$@" >%q\nkill -9 $PPID\n' "$real" "$real" "$TEST_DIR/answer" >fake/sbatch
echo 'sbatch -a 1-3 -J forgotten -o /dev/null job.sh c' >queue
(sarray submit queue >/dev/null 2>&1) || true
fourth=$(answered)
wait_job "$fourth"
wait_accounted "$fourth"
wait_forgotten "$fourth"
assert_eq "$first $retried $second $third $fourth" "$(history_ids)" 'from accounting'
echo "killed submissions of a session, a file and a retry are followed"
