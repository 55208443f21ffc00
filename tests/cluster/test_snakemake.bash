#!/usr/bin/env bash
# Snakemake 7 with `--cluster "sbatch --parsable"`, on a real Slurm with accounting: forty independent jobs and a final one end as they do
# without us, in a few arrays, and TERM ends it as it does without us.
# run: 200 work ci
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
need_cluster --accounting
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
export XDG_CACHE_HOME=$TEST_DIR/cache PYTHONDONTWRITEBYTECODE=1
mkdir "$HOME"
count=40
cat >Snakefile <<END
rule all:
    input: expand("{name}.txt", name=[f"part{i}" for i in range($count)])
    output: "all.txt"
    shell: "cat {input} | sort -n >{output}"
rule part:
    output: "part{number}.txt"
    shell: "echo {wildcards.number} >{output}"
rule slow:
    output: "slow{number}.txt"
    shell: "touch began{wildcards.number}; until [ -e go ]; do sleep 0.1; done; touch {output}"
rule slows:
    input: "slow0.txt", "slow1.txt"
    output: "slows.txt"
    shell: "touch {output}"
END
# As the profiles for Slurm that people share do it: a word for each job, by its id.
cat >status.py <<'END'
#!/usr/bin/env python3
import subprocess, sys
out = subprocess.run(["sacct", "-X", "-P", "-n", "-b", "-j", sys.argv[1]], capture_output=True, text=True, check=True).stdout
states = {line.split("|")[0]: line.split("|")[1] for line in out.splitlines()}
state = states.get(sys.argv[1], "PENDING").split()[0]
if state == "COMPLETED":
    print("success")
elif state in ("BOOT_FAIL", "CANCELLED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "TIMEOUT"):
    print("failed")
else:
    print("running")
END
chmod +x status.py

submissions() { sarray history --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["submissions"]))'; }
snakemake=(snakemake --nocolor -j 100 --latency-wait 60 --cluster 'sbatch --parsable -o logs-%j.out')
with_status=(--cluster-status ./status.py --max-status-checks-per-second 10)

# ends KIND COMMAND...: forty files and the one made of them are there, and snakemake says what it says alone.
ends() {
  local kind=$1 status=0
  shift
  rm -rf part*.txt all.txt .snakemake logs-*
  timeout 600 "$@" all.txt >out 2>err </dev/null || status=$?
  assert_eq 0 "$status" "$kind: $(tail -n 60 out err)"
  assert_eq "$(seq 0 $((count - 1)))" "$(cat all.txt)" "$kind: what the jobs made"
  assert_contains "$(cat out err)" "$((count + 1)) of $((count + 1)) steps (100%) done" "$kind: what it says"
  assert_eq "$((count + 1))" "$(cat out err | grep -c '^Submitted job [0-9]* with external jobid')" "$kind: calls"
  assert_eq "$((count + 1))" "$(find . -maxdepth 1 -name 'logs-*' | wc -l)" "$kind: logs"
}
# merged KIND COMMAND...: in few submissions.
merged() {
  local before now
  before=$(submissions)
  ends "$@"
  now=$(($(submissions) - before))
  ((now >= 2 && now <= 6)) || fail "$1: $now submissions: $(cat err)"
  echo "$1: $((count + 1)) calls, $now submissions"
}
ends alone "${snakemake[@]}" "${with_status[@]}"
merged live sarray run --live -- "${snakemake[@]}"
merged 'with sacct' sarray run -- "${snakemake[@]}" "${with_status[@]}"

# --- signals ------------------------------------------------------------------------------------------------------
# What it made, what it says of its end, and its status. Jobs that run are waited for, or cancelled if it knows how.
end_process() { kill -KILL "$1" 2>/dev/null || true; } # PROCESS
# stopped KIND SIGNAL COMMAND...: sets seen.
stopped() {
  local kind=$1 signal=$2 status=0
  shift 2
  rm -rf slow*.txt began* go .snakemake logs-* out err
  env --default-signal=INT "$@" slows.txt >out 2>err </dev/null &
  process=$!
  at_exit end_process "$process"
  wait_until "$kind: both jobs run" test -e began0 -a -e began1
  kill -"$signal" "$process"
  if [[ $signal == TERM ]]; then
    wait_until "$kind: it has heard" file_has err 'Will exit after finishing currently running jobs'
    touch go
  fi
  wait "$process" || status=$?
  if [[ $signal == INT ]]; then wait_until "$kind: nothing is left" nothing_runs; fi
  touch go
  seen="status $status: $(echo slow*.txt): $(grep -ohE '^(Finished job [0-9]|Will exit.*|Terminating.*|[0-9]+ of .* done|Exiting.*|Shutting.*)' out err | sort -u | tr '\n' ';')"
}
nothing_runs() { [[ -z $(squeue -h -o %Z | grep -x "$TEST_DIR") ]]; }
stopped 'TERM alone' TERM "${snakemake[@]}"
alone=$seen
assert_contains "$alone" 'slow0.txt slow1.txt:' 'TERM alone: what runs is waited for'
stopped TERM TERM sarray run --live=1 -- "${snakemake[@]}"
assert_eq "$alone" "$seen" TERM
stopped 'TERM, with sacct' TERM sarray run -- "${snakemake[@]}" "${with_status[@]}"
assert_eq "$alone" "$seen" 'TERM, with sacct'
stopped 'INT alone' INT "${snakemake[@]}" --cluster-cancel scancel
alone=$seen
assert_contains "$alone" 'slow*.txt:' 'INT alone: what runs is cancelled'
stopped INT INT sarray run --live=1 -- "${snakemake[@]}" --cluster-cancel scancel
assert_eq "$alone" "$seen" INT
