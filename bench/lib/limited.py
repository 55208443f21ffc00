"""Row 7: a cluster that limits the rate of requests: the newest Slurm with rl_enable and its defaults, as an ordinary user."""
import os
import shutil
import subprocess
import time
from pathlib import Path

from measure import ROOT, write_script

TOOL = str(ROOT / "tools/cluster")
CALLS = 120
CHAINS = 50  # of three jobs
SUBMISSIONS = 10
USER = "65534"  # root and SlurmUser are not limited
FULL_AGAIN = 30  # seconds: a bucket of 30 that gets 2 a second, twice over


def as_user(folder, home, script, timeout=900):
    """Runs a bash script inside the release's system. Returns its seconds and its output."""
    command = [TOOL, "exec", "--dir", folder, "--", "setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "env", "-u", "SARRAY_STATE_DIR", f"HOME={home}",
               f"PATH={home}:/usr/bin:/bin", "SHELL=/bin/bash", "bash", "-c", f"cd {home}; {script}"]
    start = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    return time.monotonic() - start, done.stdout.decode(errors="replace"), done.returncode


def measure_calls(bench, folder, home):
    loop = f"for ((i = 0; i < {CALLS}; i++)); do sbatch -H -Q -o /dev/null job.sh --seed=$i || echo lost; done"
    merged, said, status = as_user(folder, home, f"sarray listen <<<'{loop}\nsarray submit || echo lost' >said 2>&1; cat said")
    if status != 0 or "lost" in said:
        raise RuntimeError(said[-2000:])
    time.sleep(FULL_AGAIN)
    alone, said, status = as_user(folder, home, loop)
    if status != 0 or "lost" in said:
        raise RuntimeError(said[-2000:])
    bench.add("7", f"{CALLS} calls, requests limited: wall time until all are queued, alone", "", f"{alone:.2f} s")
    bench.add("7", f"{CALLS} calls, requests limited: wall time until all are queued, merged", "", f"{merged:.2f} s")
    bench.add("7", "the same : alone : merged", ">= 20x", f"{alone / merged:.0f}x", alone >= 20 * merged)


def measure_chains(bench, folder, home):
    chain = "a=$(sbatch --parsable -o /dev/null job.sh) && b=$(sbatch --parsable -o /dev/null -d afterok:$a job.sh) && sbatch -Q -o /dev/null -d afterok:$b job.sh || echo lost"
    loop = f"for ((i = 0; i < {CHAINS}; i++)); do {chain}; done"
    (Path(home) / "chains.sh").write_text(f"#!/bin/bash\n{loop}\n")
    os.chmod(Path(home) / "chains.sh", 0o755)
    times = {}
    for way, script in (("alone", "./chains.sh"), ("merged", "sarray run -- ./chains.sh")):
        time.sleep(FULL_AGAIN)
        times[way], said, status = as_user(folder, home, script)
        if status != 0 or "lost" in said or (way == "merged" and "rl_enable" not in said):
            raise RuntimeError(said[-2000:])
        bench.add("7", f"{CHAINS} chains of three, requests limited: time until all are queued, {way}", "", f"{times[way]:.1f} s")
    bench.add("7", "the same : alone : merged", ">= 3x", f"{times['alone'] / times['merged']:.1f}x", times["alone"] >= 3 * times["merged"])


def measure_drained(bench, folder, home):
    """Every submission finds the bucket empty: others of the user's own programs have just asked forty times at once."""
    one = "for i in {1..40}; do squeue >/dev/null 2>&1 & done; echo 'sbatch -o /dev/null job.sh' >queue; sarray submit -H --again queue && echo whole; wait"
    submitted = 0
    words = ""
    longest = 0
    for _ in range(SUBMISSIONS):
        seconds, words, _ = as_user(folder, home, one)
        submitted += "Submitted batch job" in words and "whole" in words
        longest = max(longest, seconds)
    bench.add("7", f"sarray submit, {SUBMISSIONS} times with a drained bucket ({longest:.0f} s at most): submitted", f"{SUBMISSIONS}", f"{submitted}",
              submitted == SUBMISSIONS)
    if submitted != SUBMISSIONS:
        print(words[-500:])


def measure(bench):
    home = bench.folder_for("limited")
    shutil.copy(bench.build / "src/sarray", home / "sarray")
    write_script(home)
    os.chmod(bench.folder, 0o755)
    for path in (home, *home.iterdir()):
        os.chown(path, int(USER), int(USER))
    facts = subprocess.run([TOOL, "up", "--release", "sid", "--cpus", "4", "--bind", str(bench.folder), "--conf", "SlurmctldParameters=rl_enable"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True, timeout=600)
    folder = facts.stdout.decode().strip()
    try:
        measure_calls(bench, folder, Path(home))
        measure_chains(bench, folder, Path(home))
        time.sleep(FULL_AGAIN)
        measure_drained(bench, folder, Path(home))
    finally:
        subprocess.run(["timeout", "90", TOOL, "down", "--dir", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
