"""Makes graphs of jobs at random, as a launch script and what must be before what."""
import random
import shlex

from order import Condition, Order

ARRAYS = ["0-3", "1-5:2", "2,4,7", "1-4", "3", "0-1", "1-8", "5-9", "0-6:3%2"]
TYPES = ["afterok"] * 10 + ["afterany"] * 5 + ["afternotok"] * 2 + ["after"] * 2 + ["aftercorr"] * 3


def ids_of(array):
    ids = set()
    for piece in array.split("%")[0].split(","):
        bounds, _, step = piece.partition(":")
        first, _, last = bounds.partition("-")
        ids |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return sorted(ids)


class Job:
    def __init__(self, key, random_source, failures):
        self.key, self.name = key, key
        self.array = random_source.choice(ARRAYS) if random_source.random() < 0.25 else None
        self.ids = [str(i) for i in ids_of(self.array)] if self.array else ["plain"]
        self.seconds = random_source.choice(["0"] * 6 + ["0.2", "0.5", "1"])
        self.failing = ""
        if random_source.random() < failures:
            self.failing = ",".join(random_source.sample(self.ids, random_source.randint(1, len(self.ids)))) if self.array else "all"
        self.dependency = ""
        self.orders = []
        self.depth = 0


class Graph:
    """`script` is the launch script, `orders` what must be before what."""

    def __init__(self, seed, prefix="graph"):
        self.name = f"{prefix}{seed}"
        self.random = random.Random(seed)
        self.is_staged = self.random.random() < 0.4  # the time limits differ from stage to stage
        self.jobs = []
        self.lanes = {}
        self.failures = 0
        self.add_jobs()
        self.orders = [order for job in self.jobs for order in job.orders]
        self.script = self.write()

    def add_jobs(self):
        size = self.random.choice([5, 8, 12, 20, 30, 45, 60])
        self.failures = min(0.2, 3 / size)  # a few for each graph: what one leaves behind it never runs
        for number in range(size):
            self.add_job(number)

    def add_job(self, number):
        job = Job(f"j{number}", self.random, self.failures)
        if self.jobs and self.random.random() < 0.75:
            self.add_dependency(job)
        if self.random.random() < 0.04:
            self.add_singleton(job)
        self.jobs.append(job)

    def parents(self, most):
        recent = self.jobs[-8:] if self.random.random() < 0.7 else self.jobs
        return self.random.sample(recent, min(len(recent), self.random.randint(1, most)))

    def term(self, job, conditions):
        kind = self.random.choice(TYPES)
        words = []
        parents = self.parents(self.random.choice([1, 1, 1, 2, 5]))
        if kind == "afternotok" and self.random.random() < 0.7:
            parents = self.random.sample(bad, 1) if (bad := [job for job in self.jobs if job.failing]) else parents
        for parent in parents:
            job.depth = max(job.depth, parent.depth + 1)
            word, tasks = "${id[" + parent.key + "]}", None
            if parent.array and kind != "aftercorr" and self.random.random() < 0.4:
                tasks = set(self.random.sample(parent.ids, self.random.randint(1, min(3, len(parent.ids)))))
                if self.random.random() < 0.1:
                    tasks = {"99"}  # none of its tasks
                word += f"_{min(tasks)}" if len(tasks) == 1 else "_[" + ",".join(sorted(tasks, key=int)) + "]"
            words.append(word)
            # A list of tasks is a condition for each of them, which counts if one is enough.
            for one in ([None] if tasks is None else [{task} for task in tasks]):
                conditions.append(Condition({"after": "start", "aftercorr": "corr"}.get(kind, "end"), parent.key, one))
        if self.random.random() < 0.2:
            kind = kind.upper() if self.random.random() < 0.5 else kind.capitalize()
        return kind + ":" + ":".join(words)

    def add_dependency(self, job):
        conditions = []
        terms = [self.term(job, conditions) for _ in range(self.random.choice([1, 1, 1, 1, 2, 3]))]
        is_any = len(terms) > 1 and self.random.random() < 0.4
        job.dependency = ("?" if is_any else ",").join(terms)
        if is_any:
            job.orders.append(Order(job.key, [[one] for one in conditions]))
        else:
            job.orders += [Order(job.key, [[one]]) for one in conditions]

    def add_singleton(self, job):
        """Jobs of one name, each after those before it."""
        lane = self.lanes.setdefault(self.random.choice(["lane", "lock"]), [])
        job.name = next(name for name, jobs in self.lanes.items() if jobs is lane)
        conditions = [Condition("end", other.key, None) for other in lane]
        job.depth = max([job.depth] + [other.depth + 1 for other in lane])
        if "?" in job.dependency:  # an "or", of which singleton would be a part
            job.dependency, job.orders = "", []
        job.dependency = ",".join(filter(None, [job.dependency, "singleton"]))
        job.orders += [Order(job.key, [[one]]) for one in conditions]
        lane.append(job)

    def write(self):
        lines = ["#!/bin/bash", f"# {self.name}", "declare -A id"]
        for job in self.jobs:
            options = ["--parsable", "-J", f'"$P"{job.name}']
            if job.array:
                options.append(self.random.choice(["--array=", "-a "]) + job.array)
            if self.is_staged:
                options.append(f"-t {5 + job.depth}")
            script = "job.sh"
            if job.dependency and self.random.random() < 0.15:
                script = f"{job.key}.slurm"
                lines += [f"cat >{script} <<END", "#!/bin/bash", f"#SBATCH --dependency={job.dependency}", 'exec bash job.sh "\\$@"', "END"]
            elif job.dependency:
                options.append(self.random.choice(["-d ", "--dependency=", "--depend="]) + f'"{job.dependency}"')
            arguments = " ".join(shlex.quote(word) for word in (job.key, job.seconds, job.failing))
            lines.append(f"id[{job.key}]=$(sbatch {' '.join(options)} {script} {arguments}) || echo {job.key}: status $?")
        return "\n".join(lines) + "\n"


class Chains(Graph):
    """Chains side by side, many of which fail: those which a cluster that limits requests gets in arrays of ten, each told with one aftercorr.

    There are enough of one shape that this is always less. Among them are chains of small arrays, jobs that all first ones wait for, jobs that
    wait for a whole stage, and a few that wait for anything.
    """

    def __init__(self, seed):
        super().__init__(seed, "chains")

    def add_jobs(self):
        count, stages = self.random.randint(14, 26), self.random.choice([2, 2, 3, 4])
        self.failures = self.random.choice([0.1, 0.3, 0.6])
        arrays = [self.random.choice(["0-2", "1-5:2", "4-7"]) if self.random.random() < 0.15 else None for _ in range(count)]
        gates = [self.make(None, 0) for _ in range(self.random.choice([0, 0, 1, 2]))]
        kind = self.random.choice(["afterok", "afterany"])
        last = [None] * count
        for depth in range(1, stages + 1):
            slow = set(self.random.sample(range(count), self.random.choice([0, 0, 9, 12])))  # as many as aftercorr looks at, and more
            for at in self.random.sample(range(count), count) if self.random.random() < 0.3 else range(count):
                parents = [(last[at], "aftercorr" if arrays[at] else "afterok")] if last[at] else [(gate, kind) for gate in gates]
                last[at] = self.make(arrays[at], depth, parents, self.failures if depth == 1 else 0.08, "1.5" if at in slow else None)
        if self.random.random() < 0.6:
            self.make(None, stages + 1, [(job, "afterany") for job in last if job.array is None])
        self.failures = 0.1
        for number in range(self.random.randint(0, 3)):
            self.add_job(f"x{number}")

    def make(self, array, depth, parents=(), failures=0.0, seconds=None):
        job = Job(f"j{len(self.jobs)}", self.random, 0)
        job.array, job.depth = array, depth
        job.ids = [str(i) for i in ids_of(array)] if array else ["plain"]
        job.seconds = seconds or job.seconds
        if self.random.random() < failures:
            job.failing = ",".join(self.random.sample(job.ids, self.random.randint(1, len(job.ids)))) if array else "all"
        job.dependency = ",".join(f"{kind}:${{id[{parent.key}]}}" for parent, kind in parents)
        job.orders = [Order(job.key, [[Condition("corr" if kind == "aftercorr" else "end", parent.key, None)]]) for parent, kind in parents]
        self.jobs.append(job)
        return job
