"""What two runs of the same calls left behind, made comparable.

A difference counts unless it stands in ALLOWED, with its reason.
"""
import os
import re
import stat

# name of a variable: why its value may differ between a job of its own and a task of a merged array
ALLOWED_VARIABLES = {
    "SLURM_JOB_ID": "every job has its own id",
    "SLURM_JOBID": "the same",
    "SLURM_JOB_SLUID": "the same, from 26.05",
    "SLURM_ARRAY_JOB_ID": "the virtual id (checked against the answer of the call)",
    "SLURM_TASK_PID": "a process id",
    "SLURM_JOB_NODELIST": "Slurm chooses the node",
    "SLURM_NODELIST": "the same",
    "SLURMD_NODENAME": "the same",
    "HOSTNAME": "the same",
    "SLURM_TOPOLOGY_ADDR": "the same",
    "SLURM_JOB_START_TIME": "a time",
    "SLURM_JOB_END_TIME": "a time",
}
# Variables that only a merged array's task has (docs/fidelity.md names them), and a session's own, which no job gets.
OURS = {"SARRAY_ARRAY_JOB_ID", "SARRAY_ARRAY_TASK_ID", "SARRAY_SESSION", "SARRAY_STATE_DIR"}
# What an interpreter does with its signals and pipes from one moment to the next, while it waits for the probe (whose own are
# compared).
MOMENTARY = ("p-Sig", "p-fd 3", "p-fd 4")
SCRIPT_PATH = re.compile(r"^/\S*/n\d+/job\d+/slurm_script$")  # $0: Slurm's own file, below the node's and the job's own folder
NODE = re.compile(r"slurmstepd-n\d+")
TIME = re.compile(r"\[20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\d\] error:")  # slurmstepd's on 26.05


class Task:
    """One task: what its probe wrote down, and its ids in this run."""

    def __init__(self, key, report):
        self.key = key  # CALL.LOCAL_ID
        self.is_plain = key.endswith(".plain") or key.startswith("leaked.")  # whose SLURM_ARRAY_TASK_ID is an outer job's
        self.lines = report
        self.environment = dict(line[4:].split("=", 1) for line in report if line.startswith("env ") and "=" in line)
        self.job_id = self.environment.get("SLURM_JOB_ID", "?")
        self.pair = None
        if "SARRAY_ARRAY_JOB_ID" in self.environment:
            self.pair = self.environment["SARRAY_ARRAY_JOB_ID"] + "_" + self.environment["SARRAY_ARRAY_TASK_ID"]
        elif "SLURM_ARRAY_JOB_ID" in self.environment and not self.is_plain:
            self.pair = self.environment["SLURM_ARRAY_JOB_ID"] + "_" + self.environment["SLURM_ARRAY_TASK_ID"]


class Names:
    """Replaces a run's ids by names that both runs share."""

    def __init__(self, tasks):
        self.ids = {}
        for task in tasks:
            self.ids[task.job_id] = f"<id {task.key}>"
        for task in tasks:
            if task.pair:
                plain = task.is_plain
                self.ids[task.pair] = f"<id {task.key}>" if plain else f"<pair {task.key}>"

    def replace(self, text):
        text = re.sub(r"\d{6,}_\d+", lambda m: self.ids.get(m[0], m[0]), text)
        text = re.sub(r"\d{6,}", lambda m: self.ids.get(m[0], m[0]), text)
        text = text.replace(".plain>_4294967294", ".plain>")  # a plain job's %A_%a
        text = re.sub(r"\bslurm-(?:\d{6,}|<id [^>]*>_\d+)\.out$", "slurm-<never started>.out", text)
        return NODE.sub("slurmstepd-NODE", TIME.sub("[TIME] error:", text))


def normal_report(task, names):
    result = []
    for line in task.lines:
        kind, _, rest = line.partition(" ")
        if line.startswith(MOMENTARY) and "/" not in line:
            continue
        if kind in ("env", "p-env"):
            name = rest.split("=", 1)[0]
            if name in OURS:
                continue
            if name in ALLOWED_VARIABLES:
                rest = name + "=<allowed>"
        elif kind in ("argv", "p-argv") and SCRIPT_PATH.match(rest):
            rest = "<script>"
        elif kind in ("fd", "p-fd"):
            rest = names.replace(rest)
        result.append(kind + " " + rest)
    return sorted(result)


def read_tasks(folder):
    tasks = []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".part"):
            with open(os.path.join(folder, name), encoding="latin-1") as file:
                tasks.append(Task(name, file.read().splitlines()))
    return tasks


# The empty output of a task that Slurm could not start, whose name only a running task knows (%j): alone Slurm makes it under
# that name, merged under a hidden one. Stands in docs/fidelity.md.
NEVER_STARTED = re.compile(r"(^|/)(\.sarray-\d+-\d+\.(output|error)|[^/]*(?<!\d)\d{6}(?!\d)[^/]*)$")


def read_tree(root, names):
    """Every file below root: its name, kind, mode and bytes."""
    tree = {}
    for folder, folders, files in os.walk(root):
        for name in files + folders:
            if re.fullmatch(r"sarray(-\d+)?\.slurm", name):
                continue  # the generated script, which submit leaves where it is run
            path = os.path.join(folder, name)
            state = os.lstat(path)
            if stat.S_ISREG(state.st_mode) and state.st_size == 0 and NEVER_STARTED.search(names.replace(name)):
                continue
            shown = names.replace(os.path.relpath(path, root))
            if stat.S_ISLNK(state.st_mode):
                tree[shown] = "link " + os.readlink(path)
            elif stat.S_ISREG(state.st_mode):
                with open(path, "rb") as file:
                    content = names.replace(file.read().decode("latin-1"))
                tree[shown] = f"{stat.S_IMODE(state.st_mode):o} {content}"
            else:
                tree[shown] = f"{stat.S_IFMT(state.st_mode):o} {stat.S_IMODE(state.st_mode):o}"
    return tree


def compare_sets(kind, alone, merged):
    """Lines that say what stands in one of two dicts only, or differs."""
    for key in sorted(set(alone) | set(merged)):
        if alone.get(key) == merged.get(key):
            continue
        a, b = alone.get(key, "(not there)"), merged.get(key, "(not there)")
        if isinstance(a, list) and isinstance(b, list):
            yield f"{kind} {key}:"
            yield from (f"    alone:  {line}" for line in a if line not in b)
            yield from (f"    merged: {line}" for line in b if line not in a)
        else:
            yield f"{kind} {key}:"
            yield f"    alone:  {str(a)[:400]!r}"
            yield f"    merged: {str(b)[:400]!r}"
