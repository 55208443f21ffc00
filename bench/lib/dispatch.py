"""Row 4: what a task of a merged array costs beyond its own start, without Slurm: run as slurmd runs it."""
import os
import shutil
import subprocess

from measure import Spawned, spawn
from submit import submit_arguments

SIZES = (10, 1000, 100_000)
TARGETS = (3, 3, 4)  # empty bashes


def task_variables(index, count, marker):
    variables = {"SLURM_JOB_ID": 4712 + index, "SLURM_JOBID": 4712 + index, "SLURM_ARRAY_JOB_ID": 4711, "SLURM_ARRAY_TASK_ID": index,
                 "SLURM_ARRAY_TASK_COUNT": count, "SLURM_ARRAY_TASK_MIN": 0, "SLURM_ARRAY_TASK_MAX": count - 1, "SLURM_ARRAY_TASK_STEP": 1,
                 "SLURMD_NODENAME": "n1", "ENVIRONMENT": "BATCH", "SLURM_SARRAY": marker}
    return [f"{name}={value}" for name, value in variables.items()]


def task_environment(environment):
    """What sbatch would have sent: the others are set by the tasks' records."""
    return {name: value for name, value in environment.items() if name not in ("SARRAY_STATE_DIR", "LANG", "PWD", "_")}


def merged_task(bench, count, submission):
    """The command of the last but one task, which is far from the beginning of everything. Its script is a new copy each time, as
    slurmd's is: the task writes over it."""
    copy = bench.folder / f"spool/{count}/job{4712 + count - 2:05}/slurm_script"
    copy.parent.mkdir(parents=True, exist_ok=True)
    return [*task_variables(count - 2, count, submission.name), f"SPAWN_COPY={submission}/sarray.slurm", "/bin/bash", "-p", copy]


def count_processes(bench, command, environment, cwd):
    """Processes that are started below the task's own."""
    log = bench.folder / "strace"
    variables = dict(word.split("=", 1) for word in command if "=" in str(word))
    words = [str(word) for word in command if "=" not in str(word)]
    shutil.copy(variables["SPAWN_COPY"], words[-1])
    os.chmod(words[-1], 0o700)
    tracer = ["strace", "-f", "-qq", "-e", "trace=clone,clone3,fork,vfork", "-e", "signal=none", "-o", str(log)]
    subprocess.run([*tracer, *words], env={**environment, **variables}, cwd=cwd, check=True, timeout=60,
                   stdout=subprocess.DEVNULL)
    lines = log.read_text().splitlines()
    return sum(1 for line in lines if "= " in line and "unfinished" not in line and not line.endswith("= -1"))


def write_least(cwd):
    """The least that a dispatcher in bash can be which checks a script: it starts one cksum, and becomes the job."""
    path = cwd / "least"
    path.write_text("#!/bin/bash -p\nchecked=$(exec cksum job.sh)\nexec /bin/sh job.sh\n")
    return path


def shown(spawned):
    return f"{spawned.processor * 1e3:.2f} ({spawned.wall * 1e3:.2f}) ms"


def measure(bench, cwd, environment):
    submissions = {count: submit_arguments(bench, environment, cwd, count) for count in SIZES}
    environment = task_environment(environment)
    empty = ["/bin/bash", "-c", ":"]
    own = ["/bin/sh", cwd / "job.sh"]
    least = ["/bin/bash", "-p", write_least(cwd)]
    commands = [empty, own, least] + [merged_task(bench, *submission) for submission in submissions.items()]
    spawn(bench, 5, commands, environment, cwd)
    bash, alone, least, *merged = spawn(bench, 150, commands, environment, cwd)
    bench.add("4", "bash -c : , processor time (spawn to exit)", "", shown(bash))
    bench.add("4", "the job's own script by its own /bin/sh", "", shown(alone))
    bench.add("4", "the least: a bash that runs one cksum, then becomes the job : an empty bash", "",
              f"{(least.processor - alone.processor) / bash.processor:.2f}x")
    costs = [Spawned(m.wall - alone.wall, m.processor - alone.processor) for m in merged]
    for count, cost, target in zip(SIZES, costs, TARGETS):
        bench.add("4", f"dispatch, {count:,} jobs in the array: what a task costs beyond its own start", "", shown(cost))
        bench.at_most("4", "  the same : an empty bash, processor time", target, cost.processor / bash.processor, "x")
    bench.at_most("4", f"dispatch among {SIZES[-1]:,} jobs : among {SIZES[0]:,} jobs", 1.5, costs[-1].processor / costs[0].processor, "x")
    for count, submission in submissions.items():
        processes = count_processes(bench, merged_task(bench, count, submission), environment, cwd)
        bench.at_most("4", f"dispatch, {count:,} jobs in the array: processes started", 4, processes, "", 0)

