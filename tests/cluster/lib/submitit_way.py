"""Runs Python functions as Slurm jobs, in the way of the executors that people use for it (submitit, which Debian does not have).

The executor writes a submission script and a pickle of the call, runs `sbatch`, reads the id from its answer, and renames both files
after it. The task finds its pickle by the ids in its own environment, writes its result beside it, and on USR2 stores where it is and
requeues itself. The client waits for the result's file and asks sacct for states. Folders may have %j, %A and %a in their names: %j of
an array's task is ID_INDEX.
"""
import os, pathlib, pickle, re, shlex, signal, subprocess, sys, time, traceback, uuid

own_file = pathlib.Path(__file__).resolve()


class Paths:
    def __init__(self, folder, job_id):
        array, *index = job_id.split("_", 1)
        text = str(folder).replace("%j", job_id).replace("%A", array)
        self.folder = pathlib.Path(text.replace("%a", index[0]) if index else text)
        self.submission = self.folder / f"{array}_submission.sh"
        self.submitted = self.folder / f"{job_id}_submitted.pkl"
        self.result = self.folder / f"{job_id}_0_result.pkl"
        self.stdout = self.folder / f"{job_id}_0_log.out"
        self.stderr = self.folder / f"{job_id}_0_log.err"


def write(path, value):
    temporary = path.with_suffix(".save")
    temporary.write_bytes(pickle.dumps(value))
    temporary.rename(path)


class Job:
    states, asked_at, known = {}, 0.0, []

    def __init__(self, folder, job_id):
        self.job_id, self.folder = job_id, folder
        self.paths = Paths(folder, job_id)
        Job.known.append(job_id)

    @staticmethod
    def ask():
        words = ["sacct", "-o", "JobID,State,NodeList", "--parsable2"]
        for main in sorted({job_id.split("_")[0] for job_id in Job.known}):
            words += ["-j", main]
        names, *rows = subprocess.check_output(words, text=True).splitlines()
        for row in rows:
            values = dict(zip(names.split("|"), row.split("|")))
            if "." in values["JobID"]:
                continue
            main, _, index = values["JobID"].partition("_")
            ranges = re.sub(r"[\[\]]|%\d+", "", index).split(",")  # an array's tasks that are pending: 7_[0-3,5%2]
            for one in ranges:
                first, _, last = one.partition("-")
                for number in range(int(first), int(last or first) + 1) if first else [None]:
                    Job.states[main if number is None else f"{main}_{number}"] = values["State"]
        Job.asked_at = time.monotonic()

    def state(self):
        if time.monotonic() - Job.asked_at > 0.5:
            Job.ask()
        return Job.states.get(self.job_id, "UNKNOWN")

    def is_done(self):
        return self.paths.result.exists() or self.state().split()[0] not in ("UNKNOWN", "PENDING", "RUNNING", "REQUEUED", "COMPLETING")

    def result(self):
        while not self.is_done():
            time.sleep(0.2)
        for _ in range(50):
            if self.paths.result.exists():
                return pickle.loads(self.paths.result.read_bytes())
            time.sleep(0.1)
        return "nothing", self.state()

    def wait_for(self, state):
        while not self.state().startswith(state):
            time.sleep(0.2)

    def cancel(self):
        subprocess.check_call(["scancel", self.job_id])

    def interrupt(self):
        """As Slurm does it when it preempts a job."""
        subprocess.check_call(["scancel", self.job_id, "--signal", "SIGTERM"])
        subprocess.check_call(["scancel", self.job_id, "--signal", "USR2"])


class Executor:
    def __init__(self, folder, setup=(), **options):
        self.folder, self.setup, self.options = pathlib.Path(folder).absolute(), setup, options

    def map_array(self, function, values):
        return self._submit([(function, (value,)) for value in values], True)

    def submit(self, function, *arguments):
        return self._submit([(function, arguments)], False)[0]

    def _submit(self, calls, is_array):
        parts = self.folder.parts
        fixed = pathlib.Path(*parts[: next((i for i, part in enumerate(parts) if "%" in part), len(parts))])
        fixed.mkdir(parents=True, exist_ok=True)
        pickles = []
        for call in calls:
            pickles.append(fixed / f"{uuid.uuid4().hex}.pkl")
            write(pickles[-1], call)
        script = fixed / f"submission_file_{uuid.uuid4().hex}.sh"
        script.write_text(self._script(len(calls), is_array))
        answer = subprocess.check_output(["sbatch", str(script)], text=True)
        main = re.search(r"job (?P<id>[0-9]+)", answer).group("id")
        jobs = [Job(self.folder, f"{main}_{i}" if is_array else main) for i in range(len(calls))]
        for job, file in zip(jobs, pickles):
            job.paths.folder.mkdir(parents=True, exist_ok=True)
            file.rename(job.paths.submitted)
        script.rename(jobs[0].paths.submission)
        script.symlink_to(jobs[0].paths.submission)
        return jobs

    def _script(self, count, is_array):
        job_id = "%A_%a" if is_array else "%j"
        folder = str(self.folder).replace("%j", job_id)
        options = {"job-name": "submitit", "time": "5", "nodes": "1", "signal": "USR2@90", "open-mode": "append", "wckey": "submitit", **self.options}
        options["output"], options["error"] = f"{folder}/{job_id}_0_log.out", f"{folder}/{job_id}_0_log.err"
        if is_array:
            options["array"] = f"0-{count - 1}%{count}"
        step = f"srun --unbuffered --output {folder}/{job_id}_%t_log.out --error {folder}/{job_id}_%t_log.err"
        lines = ["#!/bin/bash", "", "# Parameters"] + [f"#SBATCH --{name}={shlex.quote(value)}" for name, value in sorted(options.items())]
        lines += ["", "# setup", *self.setup, "", "# command", "export SUBMITIT_EXECUTOR=slurm", f"{step} {sys.executable} -u {own_file} {self.folder}", ""]
        return "\n".join(lines)


def run_task(folder):
    array = os.environ.get("SLURM_ARRAY_JOB_ID")
    job_id = f"{array}_{os.environ['SLURM_ARRAY_TASK_ID']}" if array else os.environ["SLURM_JOB_ID"]
    paths = Paths(folder, job_id)
    print("starting as", job_id)
    for _ in range(600):
        if paths.submitted.exists():
            break
        time.sleep(0.1)
    sys.path.insert(0, os.getcwd())
    function, arguments = pickle.loads(paths.submitted.read_bytes())

    def requeue(number, frame):
        print("caught", signal.Signals(number).name, flush=True)
        if hasattr(function, "checkpoint"):
            write(paths.submitted, (function.checkpoint(), arguments))
        for bypassed in (signal.SIGTERM, signal.SIGCONT):  # of the requeue, whether it comes before the end or not
            signal.signal(bypassed, signal.SIG_IGN)
        subprocess.check_call(["scontrol", "requeue", job_id], timeout=60)
        print("requeued", flush=True)
        os._exit(255)

    for bypassed in (signal.SIGTERM, signal.SIGCONT):
        signal.signal(bypassed, lambda number, frame: print("bypassing", signal.Signals(number).name, flush=True))
    signal.signal(signal.SIGUSR2, requeue)
    try:
        write(paths.result, ("success", function(*arguments)))
    except Exception:
        write(paths.result, ("error", traceback.format_exc()))
        raise


if __name__ == "__main__":
    run_task(sys.argv[1])
