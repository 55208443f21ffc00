"""Row 6: the commands that follow a submission, beside squeue on the same array, on a real Slurm."""
import subprocess
import time

from cluster import cluster
from measure import base_environment, median, run_once, write_script

JOBS = 100
TASKS_EACH = 100
DONE = 300  # tasks that end before it is measured; the others are held, so that nothing changes meanwhile


def squeue(environment, *words):
    return subprocess.run(["squeue", "-h", *words], env=environment, stdout=subprocess.PIPE, check=True, timeout=120).stdout.decode()


def submit(bench, environment, cwd):
    """An array of many jobs, some of whose tasks are done and the rest held. Returns its job id."""
    script = write_script(cwd)
    (cwd / "out").mkdir()
    queue = cwd / "queue"
    queue.write_text("".join(f"sbatch --mem=1M --cpus-per-task=1 -o out/%a-{i} -J sample{i} -a 1-{TASKS_EACH} {script.name} --seed={i}\n" for i in range(JOBS)))
    done = subprocess.run([bench.sarray, "submit", "--parsable", str(queue)], env=environment, cwd=cwd, check=True, timeout=120, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    job_id = done.stdout.decode().strip()
    end = time.monotonic() + 120
    while len(squeue(environment, "-r", "-t", "completed,failed", "-j", job_id).splitlines()) < DONE and time.monotonic() < end:
        time.sleep(0.5)
    subprocess.run(["scontrol", "hold", job_id], env=environment, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while squeue(environment, "-t", "running,completing", "-j", job_id) and time.monotonic() < end:
        time.sleep(0.5)
    return job_id


def measure(bench, rounds=7):
    with cluster(bench, 64) as (variables, _):
        environment = {**base_environment(bench), **variables}
        cwd = bench.folder_for("follow")
        job_id = submit(bench, environment, cwd)
        commands = {
            "squeue": ["squeue", "-h", "-a", "-r", "-t", "all", "-j", job_id],
            "status": [bench.sarray, "status", job_id],
            "status --tasks": [bench.sarray, "status", job_id, "--tasks"],
            "status --tasks --json": [bench.sarray, "status", job_id, "--tasks", "--json"],
            "which": [bench.sarray, "which", f"{job_id}_5000"],
            "find": [bench.sarray, "find", "sample42"],
            "history": [bench.sarray, "history"],
            "logs": [bench.sarray, "logs", job_id, "--tasks", "0-3"],
        }
        runs = {name: [] for name in commands}
        for _ in range(rounds):  # in turn, so that whatever else the machine does hits them alike
            for name, command in commands.items():
                runs[name].append(run_once(bench, command, environment, cwd))
        wall = {name: median(r.wall for r in done) for name, done in runs.items()}
        processor = {name: median(r.seconds for r in done) for name, done in runs.items()}  # that of the commands it runs included
        bench.add("6", f"{JOBS * TASKS_EACH:,} tasks: squeue -r (wall)", "", f"{processor['squeue']:.2f} s ({wall['squeue']:.2f} s)")
        for name in commands:
            if name == "squeue":
                continue
            beyond = processor[name] - processor["squeue"]
            bench.add("6", f"  sarray {name}: beyond what squeue takes (wall)", "<= 1 s", f"{beyond:.2f} s ({wall[name] - wall['squeue']:.2f} s)", beyond <= 1)
        subprocess.run(["scancel", job_id], env=environment, timeout=120)
