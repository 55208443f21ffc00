"""A session with three recorded calls and a Slurm of shell scripts, copied for each fault; and what must hold after it."""
import fcntl
import glob
import json
import os
import re
import shutil
import subprocess

SBATCH = r"""#!/bin/sh
case "$1" in --version) echo slurm-wlm 22.05.8; exit ;; --help) exit 1 ;; --test-only) exit ;; esac
for script; do :; done
echo "$script" >>"${0%/*}/taken"
echo "Submitted batch job $(grep -c . "${0%/*}/taken")"
"""
# With -O the columns of `sarray status`, and a Command as wide as it is asked for: the five tasks of the first array have failed, those of
# later ones run.
SQUEUE = r"""#!/bin/sh
number=0
[ -e "${0%/*}/taken" ] || exit 0
width=$(expr "$*" : '.*,Command:\([0-9]*\)')
while read -r script; do
  number=$((number + 1))
  case "$*" in
    *" -O "*) ;;
    *"%A|%F|%K|%V|%o"*) for task in 0 1 2 3 4; do echo "$((1000 * number + task))|$number|$task|2026-11-23T17:30:00|$script"; done; continue ;;
    *) echo "$number|$script"; continue ;;
  esac
  state=RUNNING
  [ $number = 1 ] && state=FAILED
  for task in 0 1 2 3 4; do
    printf '%-14s%-14s%-14s%-20s%-12s%-24s%-24s%-20s%-70s%-12s%-24s%-60s' $number $task $((1000 * number + task)) $state 256 2026-11-23T17:31:31 2026-11-23T17:31:33 0:02 n1 0 2026-11-23T17:30:00 None
    printf "%-${width:-0}s\\n" "${width:+$script}"
  done
done <"${0%/*}/taken"
"""
SCONTROL = "#!/bin/sh\nprintf 'MaxArraySize            = 1001\\nMaxJobCount             = 10000\\n'\n"
NO_ACCOUNTING = "#!/bin/sh\nexit 1\n"
PROGRAMS = {"sbatch": SBATCH, "squeue": SQUEUE, "scontrol": SCONTROL, "sacct": NO_ACCOUNTING}
# Another Slurm, later in PATH: nothing may call it.
STRANGER = "#!/bin/sh\necho \"$0 $*\" >>\"${0%/*}/called\"\nexit 1\n"
SLURM_COMMANDS = ("sbatch srun salloc squeue scancel scontrol sinfo sacct sacctmgr sattach sbcast sstat sprio sdiag sreport sshare strigger sview smap "
                  "scrontab sgather").split()


class Broken(Exception):
    """A promise that was not kept."""


class World:
    """A folder with the state, the fake Slurm and a directory to work in."""

    def __init__(self, folder, program, session="", programs=""):
        self.folder = folder
        self.programs = programs or folder + "-programs"
        self.program = program
        self.session = session
        self.state = folder + "/state"
        self.slurm = folder + "/slurm"
        self.stranger = folder + "/stranger"
        self.work = folder + "/work"

    def make(self):
        os.makedirs(self.work)
        link_programs(self.programs)
        write_programs(self.slurm, PROGRAMS)
        write_programs(self.stranger, dict.fromkeys(SLURM_COMMANDS, STRANGER))
        with open(self.work + "/job.slurm", "w", encoding="ascii") as file:
            file.write("#!/bin/bash\n#SBATCH --time=1\ntrue\n")
        said = self.run("listen", stdin="sbatch job.slurm 0; sbatch --array=0-2 job.slurm 1; sbatch -J third job.slurm 2\n").stderr
        found = re.search(r"session (\S+) keeps", said)
        if not found:
            raise Broken("no session: " + said)
        self.session = found.group(1)
        own = f"{self.state}/sessions/{self.session}"
        os.unlink(own + "/over")  # as if its shell still ran: what is called in it is recorded
        # As in a state folder without room for a copy of the program: this one is copied for each fault, to very small disks, too.
        shutil.rmtree(self.state + "/programs")
        for name in ("sbatch", "sarray"):
            os.unlink(f"{own}/bin/{name}")
            os.symlink(self.program, f"{own}/bin/{name}")
        return self

    def copy(self, folder):
        shutil.copytree(self.folder, folder, symlinks=True)
        return World(folder, self.program, self.session, self.programs)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, inside=False):
        path = f"{self.slurm}:{os.path.dirname(self.program)}:{self.stranger}:{self.programs}"
        result = {"HOME": self.folder, "SARRAY_STATE_DIR": self.state, "PATH": path, "LC_ALL": "C.UTF-8", "SLURM_CONF": "/nonexistent/slurm.conf",
                  "SARRAY_SETTLE_SECONDS": "1", "TMPDIR": self.folder}  # TMPDIR is where a killed `listen` leaves its guard
        result.update((name, os.environ[name]) for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ)  # tests/sanitize
        if inside:
            own = f"{self.state}/sessions/{self.session}/bin"
            result.update(SARRAY_SESSION=self.session, SARRAY_BIN=own, PATH=own + ":" + path)
        return result

    def start(self, *words, before=(), inside=False, **more):
        command = [*before, *words]
        return subprocess.Popen(command, cwd=self.work, env=self.environment(inside), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, text=True, errors="replace", **more)

    def run(self, *words, before=(), inside=False, stdin=""):
        """`sarray WORDS`, or our sbatch inside of the session."""
        words = tuple(self.session if word == "SESSION" else word for word in words)
        if words[0] == "sbatch":
            words = (f"{self.state}/sessions/{self.session}/bin/sbatch", *words[1:])
        else:
            words = (self.program, *words)
        return subprocess.run([*before, *words], cwd=self.work, env=self.environment(inside), input=stdin, capture_output=True, text=True,
                              errors="replace", timeout=90, check=False)

    def queue(self):
        """The queued jobs by number."""
        listed = self.run("list", "--json", "--session", self.session)
        if listed.returncode != 0:
            raise Broken(f"list: {listed.stderr}")
        jobs = json.loads(listed.stdout)["jobs"]
        numbers = [job["job"] for job in jobs]
        ids = [job["id"] for job in jobs]
        if len(set(numbers)) != len(numbers) or len(set(ids)) != len(ids):
            raise Broken(f"a number or an id twice: {numbers} {ids}")
        return {job["job"]: job for job in jobs}

    def strangers_called(self):
        """What was asked of the other Slurm."""
        try:
            with open(self.stranger + "/called", encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def wait_for_sbatch(self):
        """A sarray that was killed may leave an sbatch that runs to its end: it holds the submission's lock as long."""
        for lock in glob.glob(self.state + "/submissions/*/lock"):
            with open(lock, encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX)

    def taken(self):
        """How many arrays the fake Slurm has."""
        try:
            with open(self.slurm + "/taken", encoding="utf-8") as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0


def write_programs(folder, programs):
    os.makedirs(folder)
    for name, text in programs.items():
        with open(f"{folder}/{name}", "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(f"{folder}/{name}", 0o755)


def link_programs(folder):
    """All programs of this machine but those of a Slurm that it may have."""
    os.makedirs(folder)
    for place in ("/usr/bin", "/usr/sbin"):
        for name in os.listdir(place):
            if name not in SLURM_COMMANDS and not os.path.lexists(f"{folder}/{name}"):
                os.symlink(f"{place}/{name}", f"{folder}/{name}")


def want(condition, text):
    if not condition:
        raise Broken(text)


def ended_well(done):
    """Whether it ended with status 0; a failure must have been told, a kill cannot."""
    if done.returncode == 0:
        return True
    want(done.returncode < 0 or done.stderr.strip(), f"status {done.returncode} without a word")
    return False


# Each operation: its words, and what must hold when `done` is how it ended. `before` is the queue before it.

def check_record(world, done, before):
    jobs = world.queue()
    want({n: jobs.get(n) for n in before} == before, "an earlier call changed")
    new = [jobs[n] for n in jobs if n not in before]
    want(len(new) <= 1, "recorded twice")
    fate = "refused"
    if ended_well(done):
        answered = re.fullmatch(r"Submitted batch job (\d+)\n", done.stdout)
        want(answered, f"status 0 and the answer {done.stdout!r}")
        want(new and str(new[0]["id"]) == answered.group(1), "answered and not in the queue")
        want(new[0]["arguments"] == ["a b", "c" * 300] and new[0]["name"] == "new", "not whole")
        fate = "recorded"
    elif new:
        fate = "recorded, not answered"
        want(done.returncode < 0 or "queued" in done.stderr, f"queued, and the refusal does not say so: {done.stderr}")
    again = world.run("sbatch", "-J", "later", "job.slurm", inside=True)
    want(again.returncode == 0, f"the next call fails: {again.stderr}")
    after = world.queue()
    want(len(after) == len(jobs) + 1 and {n: after.get(n) for n in jobs} == jobs, "the next call is not there, or took another with it")
    return fate


def check_drop(world, done, before):
    jobs = world.queue()
    others = {n: job for n, job in before.items() if n != 2}
    want({n: jobs.get(n) for n in others} == others, "a job that was not dropped is lost")
    if ended_well(done):
        want(2 not in jobs, "said dropped, and is there")
        return "dropped"
    return "not dropped" if 2 in jobs else "dropped, not answered"


def check_submit(world, done, before):
    first = world.taken()
    want(first <= 1, f"sbatch was called {first} times")
    fate = "cut off"
    jobs = world.queue()
    if ended_well(done):
        want(first == 1 and done.stdout == "Submitted batch job 1\n", f"status 0, {first} arrays, {done.stdout!r}")
        want(not jobs, "submitted, and still queued")
        fate = "submitted"
    elif done.returncode > 0:
        fate = "refused"
        want(first == 0 or "job 1" in done.stdout + done.stderr or "it is not known whether Slurm accepted the array" in done.stderr, f"Slurm has the array, and nothing says so: {done.stderr}")
    want(jobs in ({}, before), "the queue is not what it was")
    again = world.run("submit", "--session", world.session)
    want(world.taken() == 1, f"with the next submit sbatch was called {world.taken()} times: {done.stderr}{again.stderr}")
    want(not world.queue(), f"still queued after the next submit: {again.stderr}")
    if first and fate != "submitted":
        want("is in Slurm as job 1" in again.stderr or "submitted already" in again.stderr, f"the next submit does not say what it found: {again.stderr}")
        fate += " after sbatch"
    return fate


def check_listen(world, done, before):
    want(world.queue() == before, "another session's queue changed")
    listed = world.run("sessions", "--json")
    want(listed.returncode == 0, f"sessions: {listed.stderr}")
    count = len(json.loads(listed.stdout)["sessions"])
    if ended_well(done):
        want(count == 2, f"{count} sessions")
        return "opened"
    return "not opened"


def count_arrays(world, done, before, most, answer):
    """Of what belongs to no session: how many arrays Slurm has, `most` at most, and as many where it ended well, with its answer."""
    want(world.queue() == before, "a session's queue changed")
    taken = world.taken()
    want(taken <= most, f"Slurm has {taken} arrays, and may have {most}")
    if ended_well(done):
        want(taken == most and done.stdout == answer, f"status 0, {taken} arrays, {done.stdout!r}")
    return taken


def check_retry(world, done, before):
    taken = count_arrays(world, done, before, 2, "2\n")
    again = world.run("retry", "1", "--parsable")
    want(world.taken() == 2, f"with the next retry sbatch was called {world.taken() - 1} times: {done.stderr}{again.stderr}")
    # A killed one may have left an sbatch that ran to its end.
    taken = 2 if "which was interrupted, is in Slurm as job 2" in again.stderr else taken
    want((again.returncode == 0) == (taken == 1), f"the next retry: {again.returncode}, {again.stderr}")
    listed = json.loads(world.run("history", "--json").stdout)
    want([entry["job_id"] for entry in listed["submissions"]] == ["1", "2"], f"history: {listed}")
    return "retried" if done.returncode == 0 else "cut off after sbatch" if taken == 2 else "refused" if done.returncode > 0 else "cut off"


def check_file(world, done, before):
    taken = count_arrays(world, done, before, 1, "Submitted batch job 1\n")
    if ended_well(done):
        return "submitted"
    if done.stdout or "Slurm has the array, as job 1" in done.stderr:  # who was told the id, and submits the file again, may mean it
        want(taken == 1 and done.stdout in ("", "Submitted batch job 1\n"), f"{taken} arrays, and told {done.stdout!r}")
        return "submitted, then cut off"
    again = world.run("submit", "queue")
    want(world.taken() == 1, f"with the next submit sbatch was called {world.taken()} times: {done.stderr}{again.stderr}")
    if again.returncode != 0:  # a killed one may have left an sbatch that ran to its end
        want("was interrupted, but Slurm has it as job 1; nothing was submitted now" in again.stderr, f"the next submit does not say what it found: {again.stderr}")
        return "cut off after sbatch"
    want(taken == 0, f"submitted twice: {done.stderr}{again.stderr}")
    return "refused" if done.returncode > 0 else "cut off"


def check_cancel(world, done, before):
    jobs = world.queue()
    if ended_well(done):
        want(not jobs, "said dropped, and is there")
        return "cancelled"
    want(jobs in ({}, before), "half of the queue is left")
    want(world.run("cancel", "--session", world.session).returncode == 0 and not world.queue(), "the next cancel")
    return "dropped, not answered" if not jobs else "not cancelled"


def check_prune(world, done, before):
    want(world.queue() == before, "a session with queued jobs changed")
    again = world.run("sessions", "--prune", "--older-than", "0")
    want(again.returncode == 0, f"the next one: {again.stderr}")
    names = [session["name"] for session in json.loads(world.run("sessions", "--json").stdout)["sessions"]]
    want(names == [world.session], f"sessions are left: {names}")
    left = [name for name in os.listdir(world.state + "/sessions") if name != world.session]
    want(not left, f"left: {left}")
    return "pruned" if ended_well(done) else "cut off"


def prepare_file(world):
    with open(world.work + "/queue", "w", encoding="ascii") as file:
        file.write("sbatch job.slurm 0\nsbatch --array=0-2 job.slurm 1\nsbatch job.slurm 2\n")


def prepare_retry(world):
    prepare_file(world)
    want(world.run("submit", "queue").stdout == "Submitted batch job 1\n", "a submission to be retried")


def prepare_prune(world):
    want(world.run("listen").returncode == 0, "a session to be pruned")


# What an operation finds.
PREPARATIONS = {"retry": prepare_retry, "file": prepare_file, "prune": prepare_prune}

OPERATIONS = {
    "record": (("sbatch", "-J", "new", "job.slurm", "a b", "c" * 300), True, check_record),
    "drop": (("drop", "2"), True, check_drop),
    "submit": (("submit",), True, check_submit),
    "listen": (("listen",), False, check_listen),
    "file": (("submit", "queue"), False, check_file),
    "retry": (("retry", "1", "--parsable"), False, check_retry),
    "cancel": (("cancel", "--session", "SESSION"), False, check_cancel),
    "prune": (("sessions", "--prune", "--older-than", "0"), False, check_prune),
}
