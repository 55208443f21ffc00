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
OURS = {"SARRAY_JOB_ID", "SARRAY_ARRAY_JOB_ID", "SARRAY_ARRAY_TASK_ID", "SARRAY_SESSION", "SARRAY_STATE_DIR"}
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
        self.array_id = None if self.is_plain else self.environment.get("SLURM_ARRAY_JOB_ID")
        self.local_id = None if self.is_plain else self.environment.get("SLURM_ARRAY_TASK_ID")


class Names:
    """Replaces a run's ids by names that both runs share.

    `jobs` are (call, local id or None, the task's own job id, the id that its sbatch answered) of all tasks, also of those that never
    started. Alone, one task of an array has the array's id for its own: these are the `leaders`, (call, local id), which have one name
    for both ids in the other run, too. wrong_names() tells the two apart.
    """

    def __init__(self, jobs, leaders=()):
        self.ids = {}
        self.leaders = {(call, local) for call, local, job_id, answer in jobs if job_id == answer}
        for call, local, job_id, answer in jobs:
            is_leader = local is None or (call, local) in self.leaders or (call, local) in leaders
            self.ids[job_id] = f"<call {call}>" if is_leader else f"<id {call}.{local}>"
        for call, _, _, answer in jobs:
            self.ids[answer] = f"<call {call}>"

    def replace(self, text):
        text = re.sub(r"\d{6,}", lambda m: self.ids.get(m[0], m[0]), text)
        return NODE.sub("slurmstepd-NODE", TIME.sub("[TIME] error:", text))


def expected_name(pattern, task):
    """A regular expression for the file name that the pattern means by the task's own variables."""
    values = {"A": task.array_id or task.job_id, "a": task.local_id or "4294967294", "j": task.job_id, "J": task.job_id}
    text, at = "", 0
    for match in re.finditer(r"%(\d*)(.)", pattern):
        text += re.escape(pattern[at:match.start()])
        at = match.end()
        width, letter = match.groups()
        text += values[letter].zfill(min(int(width or 0), 10)) if letter in values else ".*"
    return re.compile("(.*/)?" + text + re.escape(pattern[at:]))


def wrong_names(task, words):
    """What was opened for the task, if its name has ids in it and they are not those that the task has. @param words of the call."""
    given = {option: value for option, value in zip(words, words[1:]) if option in ("-o", "-e")}
    output = given.get("-o", "slurm-%A_%a.out" if task.array_id else "slurm-%j.out")
    for option, key in (("-o", "fd 1"), ("-e", "fd 2")):
        pattern = given.get(option, output)
        opened = [line[len(key) + 1:] for line in task.lines if line.startswith(key + " ")]
        name = opened[0].replace("\\x20", " ") if opened else "(closed)"
        if "%" not in pattern or "\\" in pattern or expected_name(pattern, task).fullmatch(name):
            continue
        yield f"{key} of {task.key}: {name}, but its variables and {pattern} say {expected_name(pattern, task).pattern}"


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


def read_tree(root, names):
    """Every file below root: its name, kind, mode and bytes."""
    tree = {}
    for folder, folders, files in os.walk(root):
        for name in files + folders:
            if re.fullmatch(r"sarray(-\d+)?\.slurm", name):
                continue  # the generated script, which submit leaves where it is run
            path = os.path.join(folder, name)
            state = os.lstat(path)
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
