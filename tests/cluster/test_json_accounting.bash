#!/usr/bin/env bash
# sacct --json in a session, on a real Slurm with accounting: each question is asked alone about jobs that are held, run, and have
# ended, and in a session about the same jobs, recorded only or merged. Every field of every record is there, in the release's own
# form, and says the same, but for the ids, the times, and what nobody can know of a job that Slurm does not have.
# SARRAY_JSON_RELEASE: on the Slurm of that Debian (tools/cluster up --release).
# run: 60
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
release=()
[[ -z ${SARRAY_JSON_RELEASE-} ]] || release=(--release "$SARRAY_JSON_RELEASE" --bind "$(dirname -- "$(readlink -f -- "$SARRAY")")")
need_cluster --own --accounting "${release[@]}"
cd "$TEST_DIR"
mkdir home
cat >job.sh <<'J'
#!/bin/bash
srun -n 1 true
until [ -e go ]; do sleep 0.1; done
J
cat >make.sh <<'D'
submit() { sbatch --parsable -H -t 5 --comment=why -n 2 --mem=100 "$@"; } # OPTION..., the same for all: they are one array
a=$(submit -J plain -o 'out-%j.txt' -e err job.sh x y)
b=$(submit -J array --array=3-9:2 job.sh)
w=$(submit -J wrapped --wrap 'sleep 600')
f=$(submit -J failing --wrap 'exit 3')
d=$(submit -J dropped --wrap true)
D
cat >ask.sh <<'D'
ask() { # NAME COMMAND...
  local name=$1
  shift
  "$@" >"$to.$name" 2>"$to.$name.err" || echo "status $?" >>"$to.$name.err"
}
until_states() { # COUNT STATE IDS [COMMAND]: until so many tasks of the jobs have it, or tasks and steps
  local end=$((SECONDS + patience))
  until [ "$(${4-sacct -X} -n -P -o State -j "$3" | grep -c "^$2")" = "$1" ]; do
    ((SECONDS < end)) || { echo "$to: never came: $1 $2 of $3: $(sacct -n -P -o JobID,State -j "$3")" >&2; exit 1; }
    sleep 0.1
  done
}
until_listed() { # ID...: until a list without ids has them, which goes by the start that the accounting gets late
  local end=$((SECONDS + patience)) id
  for id in "$@"; do
    until sacct -n -X -P -o JobID | grep -qx "$id"; do
      ((SECONDS < end)) || { echo "$to: never listed: $id: $(sacct -n -X -P -o JobID,State)" >&2; exit 1; }
      sleep 0.1
    done
  done
}
ask_held() {
  ask held sacct --json -j $a,$b,$w,$f
  ask format sacct -X -P -n -o JobID --json -j $b
  ask names sacct --json -j $a,$b,$w --name array,wrapped
  for parser in $parsers; do ask held-$parser sacct --json=$parser -j $a,$b,$w; done
  ask since sacct --json -u "$(id -un)" -S now-1hour -j $a
}
ask_dropped() {
  scancel $d
  until_states 1 CANCELLED $d
  ask dropped sacct --json -j $d
  for parser in $parsers; do ask dropped-$parser sacct --json=$parser -j $d; done
}
ask_begun() {
  scontrol release $a ${b}_5 $w $f
  until_states 3 RUNNING $a,$b,$w
  until_states 2 COMPLETED $a,$b sacct
  until_states 1 FAILED $f
  until_listed $a ${b}_5 $w $f
  ask running sacct --json -j $a,$b,$w,$f
  ask task sacct --json -j ${b}_5
  ask lines sacct -X -n -P -o JobName,State -j $a,$b,$w,$f
  ask pendingtask sacct -X -n -P -o JobName,State -j ${b}_7
  ask states sacct --json -j $a,$b,$w,$f -s F -S now-1hour
  scancel $w
  touch go
  until_states 2 COMPLETED $a,$b
  until_states 1 CANCELLED $w
  until_listed $a ${b}_5 $w $f
  ask ended sacct --json -j $a,$b,$w,$f
  for parser in $parsers; do ask ended-$parser sacct --json=$parser -j $a,$b,$w,$f; done
  ask jobs sacct -X --json -j $a,$w
  ask all sacct --json
  ask byname sacct --json --name plain
  ask other sacct --json -j $a --name nobody
}
D
cat >session.sh <<'D'
set -e
. ./make.sh
. ./ask.sh
to=recorded
ask_held
SLURM_JSON=compact sacct --json -j $a | wc -l >compact
sacct --json -j $a.batch 2>refused || echo "refused $?" >>refused
ask_dropped
sarray submit --parsable >real
to=merged
ask soon sacct --json -j $a,$w
until_states 1 PENDING "$(cat real)" 'sarray real sacct -X'
ask_held
ask_begun
echo "$a $b $w $f" >ids
D
cat >all.sh <<'D'
set -e
. ./make.sh
. ./ask.sh
to=alone
until_states 5 PENDING $a,$b,$w,$f,$d
ask_held
ask_dropped
ask_begun
scancel $b
rm go
PATH=$program:$PATH
sarray listen <session.sh 2>listen.err || { cat listen.err; exit 1; }
read -r a b w f <ids
to=later
ask ended sarray exec sacct --json -j $a,$b,$w,$f
D
parsers= # other forms that the release's sacct knows
[[ -z ${SARRAY_JSON_RELEASE-} ]] || parsers='v0.0.40 v0.0.41'
in_cluster env parsers="$parsers" patience="${SARRAY_TEST_PATIENCE:-60}" HOME="$PWD/home" SARRAY_STATE_DIR="$PWD/state" program="$(dirname -- "$(readlink -f -- "$SARRAY")")" SHELL=/bin/bash bash all.sh ||
  fail 'the session'
at_exit scancel "$(cat real)"

cat >records.py <<'P'
import json

def task_of(job):
    task = job["array"]["task_id"]
    return task if not isinstance(task, dict) else task["number"] if task["set"] else None

# Slurm strikes a task that has begun out of the array's mask some time later.
def read(name):
    document = json.load(open(name))
    begun = [(job["array"]["job_id"], task_of(job)) for job in document["jobs"]]
    for job in document["jobs"]:
        array, mask = job["array"], job["array"]["task"]
        if mask:
            left = [bit for bit in range(4 * len(mask)) if int(mask, 16) >> bit & 1 and (array["job_id"], bit) not in begun]
            array["task"] = "0x%0*X" % (len(mask) - 2, sum(1 << bit for bit in left))
    return document
P
cat >compare.py <<'P'
import sys
from records import read, task_of

# Times, ids, and what the scheduler has noted.
OTHER = {"job_id", "array/job_id", "flags", "priority", "priority/number", "state/reason", "time/elapsed", "time/eligible", "time/end", "time/start",
         "time/submission", "time/planned", "time/limit/set"}
# Of a job that is recorded only, too. After the session a merged job's call is not known any more.
UNKNOWN = {"recorded": {"account", "qos", "association/account", "association/id", "tres/requested"}, "later": {"submit_line"}}

def known(document):
    found = {}
    for job in document["jobs"]:
        number = job["array"]["job_id"] or job["job_id"]
        if (number >= 2000000000) == (as_ != "alone"):
            key = job["name"], str(task_of(job)), str(job["array"]["task"])
            assert key not in found, key
            found[key] = job
    return found

def shape(value):
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    return "list" if isinstance(value, list) else "number" if isinstance(value, (int, float)) and value is not True else type(value).__name__

def differences(wanted, got, path):
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted(set(wanted) | set(got)):
            yield from differences(wanted.get(key, "MISSING"), got.get(key, "MISSING"), path + "/" + key if path else key)
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got) and path == "steps":
        for one, other in zip(wanted, got):
            yield from differences(one, other, path)
    elif shape(wanted) != shape(got):
        yield path, "has another form", wanted, got
    elif wanted != got:
        yield path, "differs", wanted, got

def is_expected(path, problem, wanted, got, state):
    # Slurm writes the step of a job that is cancelled in either of two ways: CANCELLED 0:15, or FAILED 15:0 (observed on 22.05).
    if "CANCELLED" in state and path.startswith(("steps/state", "steps/exit_code")):
        return True
    # A plain job keeps what it had when it was held, a task of an array gets what it has when it begins (observed on 24.11).
    if "PENDING" not in state and path == "hold":
        return isinstance(got, bool)
    if problem != "differs":
        return path in UNKNOWN.get(sys.argv[1], ()) and isinstance(wanted, type(got))
    if path in OTHER or path.startswith(("time/", "steps/time/")) and "limit" not in path:
        return True
    # The names of files and of steps have the job's id, which is another one.
    digits = lambda text: "".join(c for c in str(text) if not c.isdigit())
    if path in ("steps/step/job_id", "steps/step/id") or path.startswith(("stdout", "stderr")):
        return digits(wanted) == digits(got)
    return any(path == name or path.startswith(name + "/") for name in UNKNOWN.get(sys.argv[1], ()))

failed = 0
for question in sys.argv[2:]:
    as_ = "alone"
    a = read("alone." + question)
    one = known(a)
    as_ = sys.argv[1]
    b = read(as_ + "." + question)
    other = known(b)
    if set(a) != set(b) or len(a["errors"]) != len(b["errors"]) or sorted(one) != sorted(other):
        print(question, "alone:", sorted(one), a["errors"], as_ + ":", sorted(other), b["errors"])
        failed = 1
        continue
    for name in one:
        for path, problem, wanted, got in differences(one[name], other[name], ""):
            if not is_expected(path, problem, wanted, got, one[name]["state"]["current"]):
                print(question, name[0], path, problem, wanted, got, sep=" | ")
                failed = 1
sys.exit(failed)
P
begun=()
held=(held format names since)
for parser in $parsers; do
  held+=("held-$parser")
  begun+=("ended-$parser")
done
begun+=(running task states ended jobs all byname other)
differs=$(python3 compare.py recorded "${held[@]}" dropped ${parsers:+dropped-v0.0.40 dropped-v0.0.41}) || fail "recorded"$'\n'"$differs"
differs=$(python3 compare.py merged "${held[@]}" "${begun[@]}") || fail "merged"$'\n'"$differs"
differs=$(python3 compare.py later ended) || fail "after the session"$'\n'"$differs"

# A task that has begun, which Slurm strikes out of the array late, is not pending, too; a pending one has no record by its id.
for question in lines pendingtask; do
  assert_eq "$(sort alone.$question)" "$(sort merged.$question)" "$question of sacct"
done

show() { # FILE: a line for each record
  python3 - "$1" <<'P' | sort
import sys
from records import read, task_of
for job in read(sys.argv[1])["jobs"]:
    state = job["state"]["current"]
    steps = [str(step["step"]["id"]).split(".")[-1] for step in job["steps"]]
    print(job["name"], job["array"]["job_id"], task_of(job), job["array"]["task"] or "-", state if isinstance(state, str) else state[0],
          job["kill_request_user"] or "-", *steps)
P
}
read -r a b _ <ids
plain() { echo "$1 0 None - $2"; } # NAME STATE...
pending="array $b None 0x2A8 PENDING -
$(plain failing 'PENDING -')
$(plain plain 'PENDING -')
$(plain wrapped 'PENDING -')"
assert_eq "$pending" "$(show recorded.held)" 'recorded jobs'
assert_eq "$(plain dropped 'CANCELLED root')" "$(show recorded.dropped)" 'a job that was dropped'
assert_eq "$(plain plain 'PENDING -')"$'\n'"$(plain wrapped 'PENDING -')" "$(show merged.soon)" 'just submitted'
assert_eq "$pending" "$(show merged.held)" 'merged jobs'
assert_eq "array $b 5 - COMPLETED - batch 0
array $b None 0x288 PENDING -
$(plain failing 'FAILED - batch')
$(plain plain 'COMPLETED - batch 0')
$(plain wrapped 'CANCELLED root batch')" "$(show merged.ended)" 'jobs that have ended'
assert_eq "$a" "$(python3 -c 'import json; print(json.load(open("merged.byname"))["jobs"][-1]["job_id"])')" 'by its name, with our id'
assert_eq 1 "$(cat compact)" 'SLURM_JSON=compact'
assert_contains "$(cat refused)" "sacct --jobs=" 'a step by itself is refused by name'
assert_contains "$(cat refused)" 'refused 1' 'with status 1'
echo "ok"
