"""One run of one launch script, alone or merged: what was answered, which tasks ran, when, and what became of the others."""
import json
import os
import re
import shlex
import shutil
import subprocess
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
Run = namedtuple("Run", "start end status dependency slurm_start")  # slurm_start: when Slurm gave it its node, which is what "after" means
PENDING = "PENDING"
USER = "sarray-test"


def expand(ids):
    """The task ids of a record: 1-3,7%2."""
    for piece in ids.split("%")[0].split(","):
        bounds, _, step = piece.partition(":")
        first, _, last = bounds.partition("-")
        yield from (str(i) for i in range(int(first), int(last or first) + 1, int(step or 1)))


class Case:
    """A launch script. `text` is its text; `orders` is set if it was generated, else its comments say them."""

    def __init__(self, name, text, orders=None):
        self.name, self.text, self.orders = name, text, orders


def launch_cases():
    for file in sorted(os.listdir(HERE + "/launch")):
        with open(f"{HERE}/launch/{file}", encoding="utf-8") as text:
            yield Case(file.partition(".")[0], text.read())


class Side:
    """`kind` is alone, run or listen (the two ways to merge), or the name of a break of the file `wrong`."""

    def __init__(self, case, kind, cluster, base, number, outside):
        self.case, self.kind, self.cluster, self.base = case, kind, cluster, base
        self.is_merged = kind in ("run", "listen")
        self.folder = f"{base}/{number}-{case.name}-{kind.replace(' ', '_')}"
        self.prefix = f"p{number}-"  # the jobs of two sides share no name: singleton would see it
        self.outside = outside

    def launch(self):
        work, out = self.folder + "/work", self.folder + "/out"
        for folder in (work, out, self.folder + "/state"):
            os.makedirs(folder)
        shutil.copy(HERE + "/job.sh", work)
        program = work + "/launch"
        with open(program, "w", encoding="utf-8") as file:
            file.write(self.case.text)
        os.chmod(program, 0o755)
        environment = {name: value for name, value in self.cluster.environment.items() if not name.startswith(("SARRAY_", "SBATCH_"))}
        environment.update(P=self.prefix, OUT=out, OUTSIDE=self.outside or "", PWD=work, PATH=f"{self.base}/bin:{environment['PATH']}")
        feed, command = None, [program]
        if self.is_merged:
            environment.update(SARRAY_STATE_DIR=self.folder + "/state")
            if self.kind == "run":
                command = ["sarray", "run", "--split", "--", program]
            else:
                command, feed = ["sarray", "listen"], f"{shlex.quote(program)} || exit\nsarray submit --split\n"
        elif self.kind != "alone":
            environment.update(PATH=f"{self.base}/wrong:{environment['PATH']}", WRONG=self.kind, REAL_SBATCH=shutil.which("sbatch", path=environment["PATH"]))
        subprocess.run(["chown", "-R", f"{USER}:", self.folder], check=True)
        done = self.as_user(command, environment, input=feed, timeout=900)
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        with open(self.folder + "/stderr", "w", encoding="utf-8") as file:
            file.write(done.stderr)

    def as_user(self, command, environment, **more):
        """An ordinary user's, who launches pipelines: a limit on RPCs, or on whose jobs may be changed, does not hold for root."""
        work = self.folder + "/work"
        command = ["env", "-C", work, "HOME=" + work, "USER=" + USER, "setpriv", "--reuid", USER, "--regid", USER, "--init-groups", *command]
        return subprocess.run(self.cluster.inside(command, environment), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, **more)

    def asked(self, *words):
        """The JSON that sarray prints."""
        environment = dict(self.cluster.environment, SARRAY_STATE_DIR=self.folder + "/state", PATH=f"{self.base}/bin:{self.cluster.environment['PATH']}")
        done = self.as_user(["sarray", *words, "--json"], environment)
        if done.returncode != 0:
            raise SystemExit(f"pipelines: {self.case.name}: sarray {' '.join(words)}: {done.stderr}")
        return json.loads(done.stdout)

    def find_tasks(self, records):
        """Sets `where`: name, number among the jobs of this name, task id -> what Slurm calls it; and `names`: id that was answered -> name."""
        found = {}  # name -> id that was answered -> task id -> Slurm's name
        if self.is_merged:
            # The id of one array stands for all that were submitted together.
            for submission in {str(one["group"]["name"] if one["group"] else one["job_id"]): one for one in self.asked("history")["submissions"]}.values():
                for job in self.asked("status", submission["job_id"], "--tasks")["jobs"]:
                    tasks = found.setdefault(job["name"][len(self.prefix):], {}).setdefault(int(job["id"]), {})
                    for task in job["task_list"]:
                        tasks["plain" if job["array"] is None else str(task["local_id"])] = task["task"]
        else:
            for record in records:
                if record["name"] and record["name"].startswith(self.prefix):
                    name, first = record["name"][len(self.prefix):], int(record["array"] or record["id"])
                    tasks = found.setdefault(name, {}).setdefault(first, {})
                    for task in expand(record["task"]) if record["task"] else ["plain"]:
                        tasks[task] = f"{first}_{task}" if record["task"] else record["id"]
        self.where, self.names = {}, {}
        for name, ids in found.items():
            for number, (first, tasks) in enumerate(sorted(ids.items())):
                self.names[str(first)] = f"<{name}>" if len(ids) == 1 else f"<{name} {number}>"
                for task, slurms in tasks.items():
                    self.where[name, number, task] = slurms

    def normal(self, text):
        """The text with names instead of ids."""
        return re.sub(r"\d{6,}", lambda match: self.names.get(match[0].lstrip("0"), match[0]), text or "")

    def collect(self, records, states):
        self.find_tasks(records)
        self.fates = {key: states.get(slurms, "not known to Slurm") for key, slurms in self.where.items()}
        starts = {record["id"]: record["start"] for record in records}
        self.logs = {}
        for name in os.listdir(self.folder + "/out"):
            with open(f"{self.folder}/out/{name}", encoding="utf-8") as file:
                self.logs[name] = list(self.read_runs(file.read().splitlines(), starts))
        if self.outside:
            self.logs["outside.plain"] = [Run(0, 1, 0, "", "")]

    def read_runs(self, lines, starts):
        run = None
        for line in [*lines, "start"]:
            word, *rest = line.split(" ")
            if word == "start":
                if run:
                    yield run
                run = Run(float(rest[0]), None, None, self.normal(rest[2]), starts.get(rest[1], "")) if rest else None
            elif run:
                yield run._replace(end=float(rest[0]), status=int(rest[1]))
                run = None


def states_of(records):
    """Slurm's name of a task -> its state, with its exit status or, while it is pending, why."""
    states = {}
    for record in records:
        state = record["state"]
        shown = f"{state} {record['reason']}" if state == PENDING else f"{state} {record['exit']}"
        for task in expand(record["task"]) if record["task"] else [None]:
            states[f"{record['array']}_{task}" if task else record["id"]] = shown
    return states


def restless(records, prefixes, arrays):
    """The records of jobs with these prefixes, and of these arrays, that will still change: that run, or wait for something that will come.

    A task that waits for one which waits forever does so, too. What is still unfulfilled is in Slurm's own Dependency.
    """
    ours = [record for record in records if record["array"] in arrays or (record["name"] and record["name"].startswith(prefixes))]
    stuck, waiting = set(), []  # stuck: (array or job id, task id or None)
    names = lambda record: [(record["array"] or record["id"], task) for task in (expand(record["task"]) if record["task"] else [None])]
    moving = []
    for record in ours:
        if record["state"] == PENDING and record["reason"] in ("DependencyNeverSatisfied", "JobHeldUser", "JobHeldAdmin"):
            stuck.update(names(record))
        elif record["state"] == PENDING and record["reason"] == "Dependency":
            waiting.append(record)
        elif record["state"] in ("PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED"):
            moving.append(record)
    while True:
        ids = {first for first, _ in stuck}
        now = [record for record in waiting if waits_for_stuck(record, stuck, ids, ours)]
        if not now:
            return moving + waiting
        for record in now:
            stuck.update(names(record))
        waiting = [record for record in waiting if record not in now]


def waits_for_stuck(record, stuck, ids, ours):
    text = record["dependency"] or ""
    terms = re.split(r"[,?](?![^\[]*\])", text)
    results = []
    for term in terms:
        match = re.match(r"(\w+):(\d+)(?:_(\d+|\*|\[[^\]]*\]))?(?:\+\d+)?\(", term)
        if "(failed)" in term:
            results.append(True)
        elif term.startswith("singleton"):
            earlier = [r for r in ours if r["name"] == record["name"] and int(r["array"] or r["id"]) < int(record["array"] or record["id"])]
            results.append(any((r["array"] or r["id"]) in ids for r in earlier))
        elif match and match[3] and match[3].isdigit():
            results.append((match[2], match[3]) in stuck)
        elif match and match[1] == "aftercorr" and record["task"] and record["task"].isdigit() and any((r["array"], r["task"]) == (match[2], record["task"]) for r in ours):
            results.append((match[2], record["task"]) in stuck)
        elif match:
            results.append(match[2] in ids)
    return bool(results) and (all(results) if "?" in text else any(results))
