#!/usr/bin/env bash
# squeue --json and scontrol show job --json in a session, on a real Slurm: each question is asked alone about jobs that were
# submitted, and in a session about the same jobs, recorded only or merged. Every field is there, in the release's own form, and
# says the same, but for the ids, the times, and what nobody can know of a job that Slurm does not have.
# SARRAY_JSON_RELEASE: on the Slurm of that Debian (tools/cluster up --release).
# run: 40
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
release=()
[[ -z ${SARRAY_JSON_RELEASE-} ]] || release=(--release "$SARRAY_JSON_RELEASE" --bind "$(dirname -- "$(readlink -f -- "$SARRAY")")")
need_cluster --own --conf FirstJobId=70001 "${release[@]}" # no id that is a number in an answer, too
cd "$TEST_DIR"
mkdir home
cat >job.sh <<'J'
#!/bin/bash
until [ -e go ]; do sleep 0.1; done
J
chmod +x job.sh
cat >make.sh <<'D'
a=$(sbatch --parsable -H -J plain -t 5 --comment=why -n 2 --mem=100 -o 'out-%j.txt' -e err job.sh x y)
b=$(sbatch --parsable -H -J array -t 5 --comment=why -n 2 --mem=100 --array=3-9:2 job.sh)
w=$(sbatch --parsable -H -J wrapped -t 5 --comment=why -n 2 --mem=100 --wrap true)
D
cat >questions.sh <<'D'
ask() { # NAME COMMAND...
  local name=$1
  shift
  "$@" >"$to.$name" 2>"$to.$name.err" || echo "status $?" >>"$to.$name.err"
}
ask all squeue --json
ask ids squeue --json -j $a,$b,$w
ask task squeue -h --json -j ${b}_5
ask states squeue --json -j $a -t R
ask names squeue --json --me -n array
ask show scontrol show job $a --json
ask showtask scontrol --json show job ${b}_5
ask showall scontrol --json show jobs
D
cat >session.sh <<'D'
. ./make.sh
to=recorded
. ./questions.sh
SLURM_JSON=compact squeue --json -j $a | wc -l >compact
squeue --yaml -j $a 2>refused || echo "refused $?" >>refused
sarray submit --parsable >real
to=merged
. ./questions.sh
scontrol release $a ${b}_5
echo "$a $b" >ids
D
cat >all.sh <<'D'
set -eu
. ./make.sh
to=alone
. ./questions.sh
scontrol release $a ${b}_5
until [ "$(squeue -h -j $a,$b -t R -o x | wc -l)" = 2 ]; do sleep 0.1; done
squeue --json -j $a,$b >alone.runs
scancel $a $b $w
until [ -z "$(squeue -h -j $a,$b,$w -o %i)" ]; do sleep 0.1; done
PATH=$program:$PATH
sarray listen <session.sh 2>listen.err || { cat listen.err; exit 1; }
read -r a b <ids
until [ "$(squeue -h -j $(cat real) -t R -o x | wc -l)" = 2 ]; do sleep 0.1; done
sarray exec squeue --json -j $a,$b >merged.runs
touch go
D
in_cluster env HOME="$PWD/home" SARRAY_STATE_DIR="$PWD/state" program="$(dirname -- "$(readlink -f -- "$SARRAY")")" SHELL=/bin/bash bash all.sh ||
  fail 'the session'
at_exit scancel "$(cat real)"

cat >compare.py <<'P'
import json, sys

# Times, ids, what the scheduler or the accounting has given a job, and a number that Slurm does not initialise.
OTHER = {"job_id", "array_job_id", "step_id", "submit_time", "last_sched_evaluation", "thread_spec", "start_time", "end_time",
         "eligible_time", "accrue_time", "priority", "state_reason", "job_resources", "nodes"}
# Of a job that is recorded only, too.
UNKNOWN = {"account", "qos", "association_id", "flags", "max_nodes", "tres_req_str", "show_flags", "allocating_node"}

def read(name):
    text = open(name).read()
    return json.loads(text) if text else {"jobs": []}

def shape(value):
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    return "list" if isinstance(value, list) else "number" if isinstance(value, (int, float)) and value is not True else type(value).__name__

def by_name(document):
    # 22.05 shows jobs that have ended, too.
    return {(job["name"], str(job["array_task_id"])): job for job in document["jobs"]
            if "CANCELLED" not in job["job_state"] and job["name"] in ("plain", "array", "wrapped")}

# Of a job that was released: the scheduler's own notes; after the session its call is not known any more.
RELEASED = {"flags", "submit_line"}

failed = 0
for question in sys.argv[2:]:
    a, b = read("alone." + question), read(sys.argv[1] + "." + question)
    one, other = by_name(a), by_name(b)
    if set(a) != set(b) or sorted(one) != sorted(other):
        print(question, "alone:", sorted(one), sys.argv[1] + ":", sorted(other))
        failed = 1
        continue
    for name in one:
        wanted, got = one[name], other[name]
        for key in sorted(set(wanted) | set(got)):
            if key not in wanted or key not in got or shape(wanted[key]) != shape(got[key]):
                problem = "has another form"
            elif wanted[key] != got[key] and key not in OTHER and not (question == "runs" and key in RELEASED) and not (sys.argv[1] == "recorded" and key in UNKNOWN):
                # The names of files have the job's id, which is another one.
                digits = lambda text: "".join(c for c in text if not c.isdigit())
                if key.startswith(("std", "standard_")) and digits(wanted[key]) == digits(got[key]):
                    continue
                problem = "differs"
            else:
                continue
            print(question, name, key, problem, wanted.get(key), got.get(key), sep=" | ")
            failed = 1
sys.exit(failed)
P
questions=(all ids task states names)
show=(show showtask showall)
if grep -q unrecognized alone.show.err; then # scontrol of 22.05 has no --json
  for name in "${show[@]}"; do
    for as in recorded merged; do assert_eq "$(tail -n 1 "alone.$name.err")" "$(tail -n 1 "$as.$name.err")" "$as: scontrol --json"; done
  done
else
  questions+=("${show[@]}")
fi
for as in recorded merged; do
  differs=$(python3 compare.py "$as" "${questions[@]}") || fail "$as"$'\n'"$differs"
done
differs=$(python3 compare.py merged runs) || fail "running"$'\n'"$differs"

read -r a b <ids
numbers() { # FILE JOB FIELD, of whichever form
  python3 - "$@" <<'P'
import json, sys
for job in json.load(open(sys.argv[1]))["jobs"]:
    value = job[sys.argv[3]]
    if job["name"] == sys.argv[2] and "CANCELLED" not in job["job_state"]:
        print(value["number"] if isinstance(value, dict) else value)
P
}
assert_eq "$a" "$(numbers recorded.ids plain job_id)" "a recorded job's id"
assert_eq "$a" "$(numbers merged.ids plain job_id)" "a merged job's id"
assert_eq "$b" "$(numbers recorded.ids array array_job_id)" "a recorded array's id"
assert_eq "$b" "$(numbers merged.ids array array_job_id)" "a merged array's id"
assert_eq "$a" "$(numbers merged.runs plain job_id)" "a running job's id"
assert_contains "$(numbers merged.runs array array_task_id)" 5 'the task that runs'
assert_eq 1 "$(cat compact)" 'SLURM_JSON=compact'
assert_contains "$(cat refused)" 'squeue --yaml: sarray cannot translate it' '--yaml is refused by name'
assert_contains "$(cat refused)" 'refused 1' 'with status 1'
echo "ok"
