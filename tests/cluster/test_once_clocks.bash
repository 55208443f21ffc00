#!/usr/bin/env bash
# Two login nodes whose clocks differ, or a clock that is set: what was interrupted is not submitted twice.
# run: 60
# shellcheck disable=SC2154 # lib/once.bash sets real
set -euo pipefail
lib=$(dirname "$(readlink -f -- "$0")")/lib
. "$lib/cluster.bash"
need_cluster --accounting --conf MinJobAge=20 # so that Slurm is believed for 15 s to show all that it has
cd "$TEST_DIR"
. "$lib/once.bash"
echo 'sbatch job.slurm' >q
fake "$real"' "$@" >'"$TEST_DIR/answer; kill -9 \$PPID"
(sarray submit q >/dev/null 2>&1) || true
until [[ -s answer ]]; do sleep 0.1; done
id=$(sed 's/Submitted batch job //' answer)
wait_job "$id"
wait_accounted "$id"
for ((i = 0; i < 1200; i++)); do
  [[ -z $(squeue -h -a -t all) ]] && break
  sleep 0.1
done
assert_eq '' "$(squeue -h -a -t all)" 'Slurm has forgotten the array'
assert_eq 1 "$(wc -l <ran)" 'its task ran'
record=$(ls state/submissions/*/record.json)
cp "$record" whole.json
note() { # SECONDS FROM NOW, BOOT ID: as a host would have noted it whose clock goes so
  python3 - "$@" "$record" <<'X'
import json, sys, time
ahead, boot, path = sys.argv[1:]
record = json.load(open("whole.json"))
record["time"] = int(time.time()) + int(ahead)
if boot == "none":
    record.pop("boot", None), record.pop("uptime", None)
elif boot != "same":
    record["boot"] = boot
json.dump(record, open(path, "w"))
X
  touch -d '-1 hour' "${record%/*}/lock"
}
fake 'echo must not be called >>called; exit 1'
submit_file() {
  local status=0 words
  words=$(sarray submit q 2>&1) || status=$?
  printf '%s|%s' "$status" "$words"
}

# --- no accounting
printf '#!/bin/sh\nexit 1\n' >fake/sacct
chmod +x fake/sacct
forgotten="1|sarray: error: an earlier submission of $TEST_DIR/q was interrupted: Slurm has no trace of it, but may have forgotten a finished job
hint: if you are sure that it did not run: sarray submit $TEST_DIR/q --again"
note 600 same
assert_eq "$forgotten" "$(submit_file)" 'a clock that was set back'
note 600 another-boot
assert_eq "$forgotten" "$(submit_file)" 'a host whose clock is ahead'
note -12 another-boot
assert_eq "$forgotten" "$(submit_file)" 'a host whose clock was ahead, a little later'
note -600 another-boot
assert_eq "$forgotten" "$(submit_file)" 'a host whose clock is behind'
note 600 none
assert_eq "$forgotten" "$(submit_file)" 'a time from the future, without a machine'
[[ ! -e called ]] || fail 'sbatch was called again'

# --- accounting knows it, whatever the clock said
rm fake/sacct
note 180 another-boot
assert_eq "1|sarray: error: an earlier submission of $TEST_DIR/q: it was interrupted, but Slurm has it as job $id; nothing was submitted now
hint: to submit it a second time: sarray submit $TEST_DIR/q" "$(submit_file)" 'accounting is asked from long before'
[[ ! -e called ]] || fail 'sbatch was called again'
assert_eq 1 "$(wc -l <ran)" 'the task ran once'
echo 'clocks that differ double nothing'
