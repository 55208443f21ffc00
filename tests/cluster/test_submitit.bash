#!/usr/bin/env bash
# A Python executor that works as submitit does (lib/submitit_way.py), alone and under `sarray run`, on a real Slurm with accounting: results of
# arrays, folders with %j and %A, states, errors, cancel, and a requeue after a signal are the same.
# run: 90
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
lib=$(dirname "$(readlink -f -- "$0")")/lib
need_cluster --accounting
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash PYTHONPATH=$lib PYTHONDONTWRITEBYTECODE=1
mkdir "$HOME"
cat >functions.py <<'END'
import os, time
def square(x):
    print("squares", x, flush=True)
    return x * x
def fail(x):
    raise ValueError(f"no {x}")
def wait(x):
    print("waits", flush=True)
    while not os.path.exists("go"):
        time.sleep(0.1)
    return x
class Counter:
    def __init__(self, start=0):
        self.start = start
    def checkpoint(self):
        return Counter(self.start + 10)
    def __call__(self, x):
        if self.start == 0:
            print("counts", flush=True)
            while True:
                time.sleep(0.1)
        return self.start + x
END
cat >driver.py <<'END'
import pathlib, subprocess, sys, time
from submitit_way import Executor
from functions import *
top = pathlib.Path(sys.argv[1])
def wait_for_text(path, text):
    while not (path.exists() and text in path.read_text()):
        time.sleep(0.1)
# Everything first, as people do it: nothing waits for anything.
flat = Executor(top / "flat").map_array(square, range(4))
by_id = Executor(top / "by" / "%j").map_array(square, [10, 11])
by_array = Executor(top / "array" / "%A", comment="an option").map_array(square, [20, 21])
by_task = Executor(top / "task" / "%A" / "%a").map_array(square, [30, 31])
failing = Executor(top / "failing").map_array(fail, ["good"])
waiting = Executor(top / "waiting").map_array(wait, [1, 2])
counting = Executor(top / "counting" / "%j").map_array(Counter(), [7])
print("states", sorted({job.state() for job in flat + waiting} - {"PENDING", "RUNNING", "COMPLETED", "UNKNOWN"}))
for name, jobs in ("flat", flat), ("by_id", by_id), ("by_array", by_array), ("by_task", by_task):
    print(name, [job.result() for job in jobs])
print("said", [job.paths.stdout.read_text().splitlines()[1:] for job in by_id])
for job in flat:
    job.wait_for("COMPLETED")
outcome, trace = failing[0].result()
print("failing", outcome, trace.splitlines()[-1])
failing[0].wait_for("FAILED")
# Cancel one of two.
for job in waiting:
    job.wait_for("RUNNING")
    wait_for_text(job.paths.stdout, "waits")
waiting[0].cancel()
waiting[0].wait_for("CANCELLED")
print("cancelled", waiting[0].result()[0], waiting[1].state())
pathlib.Path("go").touch()
print("the other", waiting[1].result())
# A signal: it stores where it is, and requeues itself. Slurm lets it begin again after two minutes; that is not waited for.
wait_for_text(counting[0].paths.stdout, "counts")
counting[0].interrupt()
wait_for_text(counting[0].paths.stdout, "requeued")
while not counting[0].paths.result.exists():
    time.sleep(2)  # within the second of the kill slurmd takes the next start for that of a killed job
    subprocess.run(["scontrol", "update", f"JobId={counting[0].job_id}", "StartTime=now"], capture_output=True)
print("counting", counting[0].result())
counting[0].wait_for("COMPLETED")
print([line for line in counting[0].paths.stdout.read_text().splitlines() if not line.startswith("starting")])
# A plain job: it looks for its files by SLURM_JOB_ID, and so it needs docs/drivers.md's lines to find those of its own id.
single = Executor(top / "single", [open("single.sh").read().replace("FOLDER", str(top / "single"))]).submit(square, 9)
print("single", single.result(), single.paths.stdout.read_text().splitlines()[1:])
END
sed -n '/for name in submitted.pkl/,/^    done/s/^    //p' "$(dirname "$lib")/../../docs/drivers.md" >single.sh
assert_contains "$(cat single.sh)" SARRAY_JOB_ID "the lines of docs/drivers.md"
submissions() { sarray history --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["submissions"]))'; }
rm -f go
timeout 300 python3 driver.py alone >alone.out 2>alone.err </dev/null || fail "alone: $(cat alone.out alone.err)"
rm -f go
timeout 300 sarray run -- python3 driver.py merged >merged.out 2>merged.err </dev/null || fail "merged: $(cat merged.out merged.err)"
assert_eq "$(cat alone.out)" "$(cat merged.out)" "under sarray run: $(cat merged.err)"
echo "$(submissions) submissions"
