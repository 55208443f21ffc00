"""Row 5: calls alone against merged, on a real Slurm; and every task of many calls checked."""
import contextlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from measure import ROOT, base_environment, write_script

TOOL = str(ROOT / "tools/cluster")


@contextlib.contextmanager
def cluster(bench, cpus):
    """A throwaway cluster. Gives the variables by which Slurm's commands find it, and its folder."""
    facts = bench.folder / "cluster"
    with open(facts, "wb") as out, open(bench.folder / "cluster.log", "wb") as log:  # its daemons keep what they are given
        subprocess.run(["timeout", "90", TOOL, "up", "--cpus", str(cpus), "--max-array-size", "100001", "--conf", "MaxJobCount=300000"],
                       stdout=out, stderr=log, stdin=subprocess.DEVNULL, check=True)
    folder = facts.read_text().strip()
    try:
        lines = subprocess.run([TOOL, "env", "--dir", folder], stdout=subprocess.PIPE, check=True, timeout=30).stdout.decode()
        yield dict(re.findall(r"^export ([A-Z_]+)=(.*)$", lines, re.M)), Path(folder)
    finally:
        subprocess.run(["timeout", "90", TOOL, "down", "--dir", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def controller_seconds(folder):
    """Processor time of slurmctld so far."""
    pid = (folder / "run/slurmctld.pid").read_text().strip()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def count_rpcs(environment, kind):
    """RPCs of a kind so far, as sdiag counts them."""
    text = subprocess.run(["sdiag"], env=environment, stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
    found = re.search(rf"{kind}\s*\(\s*\d+\)\s*count:(\d+)", text)
    return int(found.group(1)) if found else 0


def submit_rpcs(environment):
    return count_rpcs(environment, "REQUEST_SUBMIT_BATCH_JOB")


def queue_all(bench, environment, folder, commands, cwd, listen):
    """Runs bash commands until all is queued. Returns seconds, submit RPCs, slurmctld's seconds."""
    before = submit_rpcs(environment), controller_seconds(folder)
    program = [bench.sarray, "listen"] if listen else ["bash"]
    start = time.monotonic()
    done = subprocess.run(program, input=commands.encode(), env=environment, cwd=cwd, timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seconds = time.monotonic() - start
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return seconds, submit_rpcs(environment) - before[0], controller_seconds(folder) - before[1]


def measure_queueing(bench, environment, folder):
    count = bench.calls
    cwd = bench.folder_for("queueing")
    script = write_script(cwd)
    loop = f"for ((i = 0; i < {count}; i++)); do sbatch -H {script.name} --seed=$i >/dev/null; done\n"
    merged = queue_all(bench, environment, folder, loop + "sarray submit\n", cwd, True)
    alone = queue_all(bench, environment, folder, loop, cwd, False)
    for name, at, unit in (("wall time until all are queued", 0, " s"), ("submit RPCs", 1, ""), ("slurmctld's processor time", 2, " s")):
        digits = 0 if unit == "" else 2
        bench.add("5", f"{count:,} calls: {name}, alone", "", f"{alone[at]:.{digits}f}{unit}")
        bench.add("5", f"{count:,} calls: {name}, merged", "", f"{merged[at]:.{digits}f}{unit}")
    bench.add("5", "wall time alone : merged", ">= 3x", f"{alone[0] / merged[0]:.1f}x", alone[0] >= 3 * merged[0])
    bench.at_most("5", f"submit RPCs of {count:,} merged calls", 1, merged[1], "", 0)
    subprocess.run(["scancel", "-u", "root"], env=environment, timeout=300)


def count_processes(environment, folder):
    """The environment in which programs stand before Slurm's own that note each start. Returns it, and the file of the notes."""
    (folder / "counted").mkdir()
    notes = folder / "started"
    for name in ("sbatch", "scontrol", "squeue", "sacct", "sinfo"):
        program = folder / "counted" / name
        program.write_text(f'#!/bin/sh\necho {name} >>{notes}\nexec {shutil.which(name, path=environment["PATH"])} "$@"\n')
        program.chmod(0o755)
    return {**environment, "PATH": f"{folder}/counted:{environment['PATH']}"}, notes


def measure_chains(bench, environment, folder):
    """Chains of three jobs, which wait for each other; the first ones are held, so that none runs."""
    count = max(1, bench.calls // 2)
    cwd = bench.folder_for("chains")
    script = write_script(cwd)
    loop = (f"for ((i = 0; i < {count}; i++)); do id=$(sbatch --parsable -H -J one {script.name} $i); "
            f"id=$(sbatch --parsable -J two -d afterok:$id {script.name} $i); sbatch -J three -d afterok:$id {script.name} $i >/dev/null; done\n")
    counting, notes = count_processes(environment, cwd)
    updates = count_rpcs(environment, "REQUEST_UPDATE_JOB")
    merged = queue_all(bench, counting, folder, loop + "sarray submit\n", cwd, True)
    updates = count_rpcs(environment, "REQUEST_UPDATE_JOB") - updates
    started = notes.read_text().split()
    alone = queue_all(bench, environment, folder, loop, cwd, False)
    what = f"{count:,} chains of three jobs"
    bench.add("5", f"{what}: wall time until all are queued, alone", "", f"{alone[0]:.2f} s")
    bench.add("5", f"{what}: wall time until all are queued, merged", "", f"{merged[0]:.2f} s")
    bench.add("5", f"{what}: slurmctld's processor time, alone", "", f"{alone[2]:.2f} s")
    bench.add("5", f"{what}: slurmctld's processor time, merged", "", f"{merged[2]:.2f} s")
    bench.at_most("5", f"submit RPCs of {what}, merged", 3, merged[1], "", 0)
    bench.at_most("5", "  the same: RPCs that say which tasks wait for which, and release them", 2 * count + 3, updates, "", 0)
    bench.at_most("5", "  the same: processes of Slurm's", 20, len(started), "", 0)
    print("  " + ", ".join(f"{started.count(name)} {name}" for name in sorted(set(started))))
    subprocess.run(["scancel", "-u", "root"], env=environment, timeout=300)


def measure_correctness(bench, environment, count):
    """Every task writes down what it was given; all of it is compared."""
    cwd = bench.folder_for("correctness")
    (cwd / "out").mkdir()
    body = 'echo "$1 $SEED $(pwd -P) ${SLURM_ARRAY_TASK_ID-none} $#" > "out/$1"\n'
    script = write_script(cwd, body, size=400)
    (cwd / "logs").mkdir()
    loop = f"for ((i = 0; i < {count}; i++)); do SEED=$((i * 7)) sbatch {script.name} $i 'second word' >/dev/null; done\n"
    limit = max(120, count // 4)
    small = {name: value for name, value in environment.items() if not name.startswith("BENCH_")}
    small["SARRAY_STATE_DIR"] = environment["SARRAY_STATE_DIR"]
    start = time.monotonic()
    subprocess.run([bench.sarray, "listen"], input=(loop + "sarray submit --mem=1M --cpus-per-task=1\n").encode(), env=small, cwd=cwd, check=True,
                   timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while time.monotonic() - start < limit:
        left = subprocess.run(["squeue", "-h", "-u", "root", "-o", "%i"], env=environment, stdout=subprocess.PIPE, timeout=60).stdout
        if not left.strip():
            break
        time.sleep(1)
    seconds = time.monotonic() - start
    right = 0
    for i in range(count):
        path = cwd / "out" / str(i)
        right += path.exists() and path.read_text() == f"{i} {i * 7} {cwd.resolve()} none 2\n"
    bench.add("5", f"{count:,} calls run merged ({seconds:.0f} s): tasks that were given what is theirs", f"{count:,}", f"{right:,}", right == count)


def measure(bench, capture):
    with cluster(bench, 64) as (variables, folder):
        environment = {**base_environment(bench), **variables}
        environment["PATH"] = f"{bench.build}/src:" + environment["PATH"]
        capture.measure_on_cluster(bench, variables)
        measure_queueing(bench, environment, folder)
        measure_chains(bench, environment, folder)
        measure_correctness(bench, environment, 5000 if bench.full else 300)
