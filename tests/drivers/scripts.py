"""Makes drivers at random: bash scripts that call sbatch, squeue, scancel and scontrol as people write them. A number always makes the same one.

Each command's output, errors and statuses go into files of their own: $OUT/N.out, N.err, N.status. Ids are in the variables v1, v2 ...
"""
import random

# Arrays whose name is not longer than squeue's first column, after an id of ten digits, too: what is cut off there depends on the id.
ARRAYS = ("1-3", "0-2", "5", "2,4", "1-9:4", "0-1", "7,9", "1-3%2", "4-5%1")
NAMES = ("prep", "train", "eval", "a", "long_name_x", "b.c")
COLUMNS = "iijjtTTuPlDCrRAFKkMLaqvZoEmcfnyzHXYNBgU"  # what is often asked for comes twice
FIELDS = ("JobID", "JobArrayID", "Name", "State", "StateCompact", "TimeLimit", "NumNodes", "NumCPUs", "UserName", "Partition", "ArrayTaskID",
          "ArrayJobID", "TimeUsed", "Comment", "WorkDir", "MinMemory", "Nice", "NumTasks", "Feature", "ReasonList", "Command", "QOS", "Account")
STATES = ("PENDING", "PD", "pd", "RUNNING", "R", "PD,R", "all", "CA", "CANCELLED", "pending,running", "CD")
PIPES = ("wc -l", "awk '{ print $1 }'", "grep -c PD", "sort", "tail -n +2", "grep -v JOBID", "awk 'NR > 1 { print $1 }' | sort", "awk '{ $1 = $1; print }'")
UNKNOWN_ID = "65000000"  # Slurm's ids do not come so far here
TIMES = ("5", "10:00", "1:00:00", "1-0", "90", "2-12:30")
LOST = ("--nodes=0-", "--no-such", "-t nonsense", "--array=5-1", "--array=x", "-n 0", "--mem=1Q", "-d afterok:", "-d nosuch:1", "-p nosuch --test-only", "nosuch.sh",
        "--begin=never", "-c", "--nice=x", "--mail-type=SOMETIMES", "--signal=NOSUCH", "--array=1-99999999")


class Job:
    def __init__(self, variable, name, tasks):
        self.variable, self.name, self.tasks = variable, name, tasks

    @property
    def id(self):
        return f"${self.variable}"


def expand(text):
    tasks = []
    for piece in text.split("%")[0].split(","):
        bounds, _, step = piece.partition(":")
        first, _, last = bounds.partition("-")
        tasks += range(int(first), int(last or first) + 1, int(step or 1))
    return tasks


class Driver:
    """`text` is the script, `commands` what it calls, in the order of the files' numbers."""

    def __init__(self, number):
        self.number = number
        self.name = f"driver{number}"
        self.random = random.Random(number)
        self.jobs, self.commands, lines = [], [], []
        self.living = 0  # the jobs after this many were not cancelled yet
        self.is_ordered = True  # a job that was released has another place in the order than its number says
        for at in range(self.random.randint(8, 20)):
            make = self.submit if at < 2 else self.random.choices((self.submit, self.fail, self.squeue, self.scancel, self.scontrol), (26, 5, 40, 12, 17))[0]
            command = make()
            self.commands.append(command)
            lines.append(self.line(len(self.commands), command))
        self.text = "#!/bin/bash\n# Driver " + str(number) + " of tests/drivers\n" + "".join(lines)

    def line(self, number, command):
        to = f'"$OUT/{number}'
        ends = f'>{to}.out" 2>{to}.err" </dev/null\n'
        if isinstance(command, tuple):  # a submission: its answer goes into a variable
            variable, command = command
            self.commands[-1] = command
            return (f'{variable}=$({command}) 2>{to}.err" </dev/null; echo $? >{to}.status"; printf "%s\\n" "${variable}" >{to}.out"\n'
                    f'{variable}=${{{variable}##* }}; echo "${variable}" >>"$OUT/ids"\n')
        return f'{{ {command}\necho "${{PIPESTATUS[*]}}" >{to}.status"; }} {ends}'

    def maybe(self, chance):
        return self.random.random() < chance

    def pick(self, words):
        return self.random.choice(words)

    # --- sbatch ---
    def submit(self):
        options, name = [], None
        if self.maybe(0.6):
            name = self.pick(NAMES)
            options.append(self.pick(("-J {}", "--job-name={}")).format(name))
        array = self.pick(ARRAYS) if self.maybe(0.4) else None
        if array:
            options.append(self.pick(("-a {}", "--array={}")).format(array))
        if self.maybe(0.25) and self.jobs[self.living:]:
            options.append(self.pick(("-d ", "--dependency=")) + self.dependency())
        for chance, choices in ((0.15, ("-H", "--hold")), (0.1, ("--begin=now+1hour", "-b now+2days", "--begin=2031-01-01")), (0.4, tuple(f"-t {time}" for time in TIMES)),
                                (0.15, ("-N 1", "-N 2", "-n 2", "-c 2", "--ntasks=3")), (0.1, ("--mem=100", "--mem=1G")), (0.15, ("--comment=why", "--comment='two words'")),
                                (0.1, ("-o out-%j.txt", "-o %x-%A_%a.log", "-e err-%j")), (0.07, ("--nice=100000", "--no-requeue", "--exclusive", "-p debug"))):
            if self.maybe(chance):
                options.append(self.pick(choices))
        self.random.shuffle(options)
        parsable = self.maybe(0.75)
        words = ["sbatch"] + (["--parsable"] if parsable else []) + options
        kind = self.random.random()
        if kind < 0.5:
            command = " ".join(words + [self.pick(("job.sh", "./job.sh", "job.sh x 'y z'"))])
        elif kind < 0.85:
            command = " ".join(words + [self.pick(('--wrap "sleep 5"', "--wrap=hostname", "--wrap 'echo $HOME | wc -c'"))])
        else:
            command = " ".join(words) + " <<'END'\n#!/bin/bash\n" + self.pick(("", "#SBATCH -t 7\n", "#SBATCH --comment=inside\n")) + "hostname\nEND\n"
        variable = f"v{len(self.jobs) + 1}"
        self.jobs.append(Job(variable, name, expand(array) if array else []))
        return variable, command

    def dependency(self):
        kinds = ("afterok", "afterany", "after", "afternotok")
        jobs = self.jobs[self.living:]
        jobs = self.random.sample(jobs, min(len(jobs), self.pick((1, 1, 1, 2))))
        if self.maybe(0.2) and len(jobs) == 2:
            return f"{self.pick(kinds)}:{jobs[0].id},{self.pick(kinds)}:{jobs[1].id}"
        return f"{self.pick(kinds)}:" + ":".join(job.id for job in jobs)

    def fail(self):
        if self.maybe(0.25):
            return f"sbatch --test-only {self.pick(('-n 2', '-N 9', '-p nosuch', ''))} job.sh"
        return f"sbatch {self.pick(('', '--parsable '))}{self.pick(LOST)} job.sh"

    # --- ids ---
    def target(self, tasks=True, jobs=None, unknown=True):
        """What names a job, or some of its tasks."""
        if unknown and self.maybe(0.08):
            return self.pick((UNKNOWN_ID, UNKNOWN_ID + "_1", "none"))
        job = self.pick(jobs or self.jobs)
        if job.tasks and tasks and self.maybe(0.6):
            some = self.random.sample(job.tasks, self.random.randint(1, min(2, len(job.tasks))))
            return "${" + job.variable + "}_" + (str(some[0]) if len(some) == 1 else "[" + ",".join(map(str, sorted(some))) + "]")
        if tasks and self.maybe(0.06):
            return "${" + job.variable + "}_77"
        return job.id

    def task(self, jobs=None):
        """A job, or one task of it."""
        while True:
            target = self.target(jobs=jobs)
            if "[" not in target:
                return target

    def list_of_tasks(self):
        """Words for squeue -j. Not several tasks of one array: Slurm shows those in one line as long as nothing has split them off."""
        words = {}
        for _ in range(self.pick((1, 1, 1, 2, 3))):
            task = self.task()
            words.setdefault(task.split("_")[0].strip("${}"), task)
        return ",".join(words.values())

    def name_of_some(self):
        names = [job.name for job in self.jobs if job.name] or ["wrap"]
        return ",".join(self.random.sample(names, min(len(names), self.pick((1, 1, 2))))) if self.maybe(0.9) else "nosuch"

    # --- squeue ---
    def squeue(self):
        words, quiet = ["squeue"], self.maybe(0.5)
        if quiet:
            words.append("-h")
        chosen = self.random.random()
        if chosen < 0.45:
            words.append(self.pick(("-j {}", "-j {}", "--jobs={}", "--job {}")).format(self.list_of_tasks()))
        elif chosen < 0.6:
            words.append(self.pick(("-n {}", "--name={}")).format(self.name_of_some()))
        elif chosen < 0.75:
            words.append(self.pick(("-u $USER", "--me", "-u $(id -un)", "-u $UID", "-u nobody", "-u root,$USER", "--user=$USER")))
        if self.maybe(0.25):
            words.append(f"-t {self.pick(STATES)}")
        if self.maybe(0.25):
            words.append(self.pick(("-r", "--array")))
        form = self.random.random()
        if form < 0.5:
            words.append(self.letters())
        elif form < 0.7:
            words.append(self.fields())
        elif form < 0.75:
            words.append("-l" if not quiet else "--long")
        if not self.is_ordered:
            words.append("-S i")
        elif self.maybe(0.2):
            words.append(f"-S {self.pick(('i', '-i', 'j', '-j', 'i,j', 'V', 't,i', 'l'))}")
        if self.maybe(0.1):
            words.append("-p debug")
        self.random.shuffle(words)
        words.remove("squeue")
        command = " ".join(["squeue"] + words)
        for _ in range(self.pick((0, 0, 0, 1, 1, 2))):
            command += " | " + self.pick(PIPES)
        return command

    def letters(self):
        pieces = []
        for letter in self.random.sample(COLUMNS, self.pick((1, 1, 2, 3, 4))):
            width = self.pick(("", "", "", ".8", "12", ".20", ".3")) if letter not in "iARrFZoE" else ""
            pieces.append(f"%{width}{letter}")
        text = self.pick((" ", "|", ",", ";")).join(pieces)
        return f"{self.pick(('-o', '--format'))} \"{text}\"" if self.maybe(0.8) or " " in text else f"-o '{text}'"

    def fields(self):
        pieces = [field + (self.pick(("", "", ":12", ":40")) if field not in ("JobArrayID", "WorkDir", "Command", "ReasonList") else ":80")
                  for field in self.random.sample(FIELDS, self.pick((1, 2, 3, 4)))]
        return f"{self.pick(('-O', '--Format'))} {','.join(pieces)}"

    # --- scancel ---
    def scancel(self):
        is_first, self.living = self.living == 0, len(self.jobs)
        self.is_ordered = False
        kind = self.random.random()
        more = self.pick(("", "", "", "-v ", "-Q ", "-t PENDING ", "-t RUNNING "))
        if kind < 0.7 and more == "-v ":  # of jobs that are over it says more, and with a filter it names its plugins
            words = more * is_first + self.target(tasks=False)
        elif kind < 0.7:
            words = more + " ".join(self.target() for _ in range(self.pick((1, 1, 1, 2, 3))))
        elif kind < 0.85:
            words = more.replace("-v ", "") + f"-n {self.pick(NAMES)}" + self.pick(("", " -u $USER", " " + self.target()))
        elif kind < 0.95:
            words = self.pick(("-u $USER -n nosuch", "-u nobody", "--me -t RUNNING", "-u $USER -t PENDING -n train", "--me --name=prep"))
        else:
            words = self.pick(("-u $USER", "--me -t PENDING", "", "-t nosuch " + self.target()))
        return "scancel " + words

    # --- scontrol ---
    def scontrol(self):
        kind = self.random.random()
        if kind < 0.3 or self.living == len(self.jobs):
            if self.living == len(self.jobs):  # of a cancelled job Slurm shows less
                return f"scontrol show job {self.target(tasks=False)} | grep -o 'JobState=[A-Z]*'"
            command = f"scontrol {self.pick(('', '-o ', ''))}show {self.pick(('job', 'job', 'jobs', 'jobid', 'JobId'))} {self.task(self.jobs[self.living:])}"
            return command + self.pick(("", "", " | grep -o 'JobState=[A-Z]*'", " | awk -F= '/TimeLimit/ { print $3 }'", " | grep -c JobId="))
        if kind < 0.6:
            self.is_ordered = False
            living = self.jobs[self.living:]  # what scontrol says of a cancelled array depends on what was split off it
            one, (known, another) = self.target(tasks=False, jobs=living), (self.target(tasks=False, jobs=living, unknown=False) for _ in "ab")  # a single task of a recorded array is refused
            verb = self.pick(("hold", "release", "hold", "release", "uhold", "requeue"))
            return f"scontrol {verb} " + self.pick((one, one, f"{known} {another}", f"jobid={one}", f"{known},{another}"))
        nonsense = "TimeLimit=40" if self.living else "timelimit=nonsense"  # scontrol reads it before it looks whether the job is over
        change = self.pick((nonsense, "TimeLimit=30", "TimeLimit=2:00:00", "JobName=renamed", "Name=x", "Comment=changed", "Comment='two words'",
                            "ArrayTaskThrottle=1", "ArrayTaskThrottle=0", "ArrayTaskThrottle=x", "Nice=100000", "Dependency=", "Dependency=nosuch:1",
                            "StartTime=now+1hour", "Requeue=0", "MinMemoryNode=200", "Priority=0"))
        self.is_ordered = self.is_ordered and "Nice" not in change
        return f"scontrol update {self.pick(('JobId={}', 'jobid={}', 'job={}', 'job {}')).format(self.target(tasks=False, jobs=self.jobs[self.living:]))} {change}"
