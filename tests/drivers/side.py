"""One run of one driver, alone or in a session: what it saw, with the ids, times and names that are its own replaced."""
import os
import pwd
import re
import subprocess

PAIRS = 25  # drivers at once: each has two users of its own
PARTITION = "debug"
DAYS = r"\d{4,5}-\d\d-\d\dT\d\d:\d\d:\d\d"


def users():
    """Names of one length: two for each pair."""
    return [f"sarray-d{pair:02}{which}" for pair in range(PAIRS) for which in "as"]


def create_users():
    for user in users():
        if subprocess.run(["id", user], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/bash", user], check=True)


def remove_users():
    for user in users():
        subprocess.run(["userdel", user], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


# What cannot be the same, with what is put in its place, and why.
UNLIKE = (
    (DAYS + r"|\b\w{3} \w{3} [\d ]\d [\d:]{8} \d{4}\b|(?<=StartTime=)Unknown", "TIME"),  # the sides run at different times
    (r"(?<![\w=])(Recorded|None|PartitionDown|Priority|Resources|BeginTime|Dependency)(?![\w=])|(?<=Reason=)(Recorded|None|PartitionDown|Priority|Resources|BeginTime|Dependency)(?= )", "WAITS"),  # why a job waits: Slurm finds out later, and docs/drivers.md says what ours is
    (r"\bPriority=\d+", "Priority=P"),  # a recorded job has none (docs/drivers.md)
    (r"^ *TRES=\S+\n|(?<=\S) TRES=\S+|LastSchedEval=\S+( Scheduler=\w+)?|(Eligible|Accrue)Time=\w+", ""),  # what only Slurm could fill in (docs/drivers.md)
    (r"AllocNode:Sid=\S+", "AllocNode:Sid=S"),  # the process
)


def narrow(match, less):
    """A line's beginning, as if the id had `less` digits more."""
    before, after = match["before"], match["after"]
    if len(before) >= less:
        before = before[less:]
    elif len(after) > less:
        after = after[less:]
    return before + match[0][len(match["before"]):len(match[0]) - len(match["after"])] + after


class Side:
    """`kind` is alone, run or listen."""

    def __init__(self, driver, kind, cluster, base, pair, which):
        self.driver, self.kind, self.cluster, self.base = driver, kind, cluster, base
        self.user = users()[2 * pair + which]
        self.folder = f"{base}/{driver.number:05}{'as'[which]}"
        self.ids = []

    def launch(self):
        work, out = self.folder + "/work", self.folder + "/out"
        for folder in (work, out, self.folder + "/state"):
            os.makedirs(folder)
        for name, text in (("job.sh", "#!/bin/bash\nhostname\n"), ("driver", self.driver.text)):
            with open(f"{work}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(f"{work}/{name}", 0o755)
        environment = {name: value for name, value in self.cluster.environment.items() if not name.startswith(("SARRAY_", "SBATCH_", "SQUEUE_"))}
        environment.update(OUT=out, PWD=work, HOME=work, USER=self.user, PATH=f"{self.base}/bin:{environment['PATH']}", SARRAY_STATE_DIR=self.folder + "/state")
        command, feed = {"alone": (["./driver"], None), "run": (["sarray", "run", "--record-only", "--", "./driver"], None), "listen": (["sarray", "listen"], "./driver\n")}[self.kind]
        subprocess.run(["chown", "-R", f"{self.user}:", self.folder], check=True)
        command = ["env", "-C", work, "setpriv", "--reuid", self.user, "--regid", self.user, "--init-groups", *command]
        done = subprocess.run(command, env=environment, input=feed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=600)
        self.status, self.stderr = done.returncode, done.stderr
        with open(out + "/ids", encoding="utf-8") as file:
            self.ids = [line for line in file.read().split() if line.isdigit()]

    def seen(self, number, part):
        """What command NUMBER gave, as far as it could be the same on both sides."""
        with open(f"{self.folder}/out/{number}.{part}", encoding="utf-8") as file:
            text = file.read()
        account = pwd.getpwnam(self.user)
        text = text.replace(self.folder, "FOLDER").replace(self.user, "sarray-user")
        text = re.sub(rf"\b({account.pw_uid}|{account.pw_gid})\b", "NUMBER", text)
        # A note of the session about its own jobs, which docs/drivers.md promises.
        text = re.sub(r"^sarray: note: .*\n(hint: .*\n)?", "", text, flags=re.M)
        # Slurm's ids are shorter than those of a session, which have ten digits: the blanks of a column of fixed width follow them.
        for order, id in enumerate(self.ids, 1):
            name = f"<{order}>"
            less = 10 - len(id)
            if less:
                column = rf"(?P<before>^ *)(?<!\d){id}(?P<tasks>_\d+|_\[[^]]*\])?(?!\d)(?P<after> *)"
                text = re.sub(column, lambda match, less=less: narrow(match, less), text, flags=re.M)
                text = re.sub(rf"(?<=\S)( *){id}(_\d+|_\[[^]]*\])?+(?!\d) {{{less}}}(?= )", lambda match, less=less: match[0][:-less], text)
                text = re.sub(rf"(?<=\S ) {{{less}}}( *{id}(_\d+|_\[[^]]*\])?+(?!\d))(?! )", r"\1", text)
            text = re.sub(rf"(?<!\d){id}(?!\d)", name, text)
        text = re.sub(r"\b(20\d{8}|5\d{5})\b", "<?>", text)
        for pattern, instead in UNLIKE:
            text = re.sub(pattern, instead, text, flags=re.M)
        return re.sub(r"(WAITS\)?)  +", r"\1 ", text)


