"""A throwaway cluster of tools/cluster, for the comparisons that are written in Python."""
import os
import re
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FINAL_STATES = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}


class Cluster:
    """Runs from its construction to down(). `bind` is seen inside the chroot of a release, too."""

    def __init__(self, release, bind, arguments=("--nodes", "2", "--cpus", "8", "--conf", "KillWait=5")):
        command = [f"{ROOT}/tools/cluster", "up", *arguments, "--conf", "FirstJobId=500000"]
        if release:
            command += ["--release", release, "--bind", bind]
        self.folder = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL).stdout.strip()
        text = subprocess.run([f"{ROOT}/tools/cluster", "env", "--dir", self.folder], check=True, stdout=subprocess.PIPE, text=True).stdout
        self.environment = dict(os.environ)
        for name, value in re.findall(r"^export (\w+)=(.*)$", text, re.M):
            value = subprocess.run(["bash", "-c", f"printf %s {value}"], stdout=subprocess.PIPE, text=True, check=True).stdout
            self.environment[name] = value
        self.environment.pop("SARRAY_CLUSTER_DIR", None)
        self.release = release

    def inside(self, command, environment):
        """The command as it is run beside the daemons: in a release's chroot its Slurm is the ordinary one, without the wrappers, which
        are shell scripts and would change what a call sees."""
        if not self.release:
            return command
        path = environment["PATH"].replace(f"{self.folder}/bin:", "")
        words = [f"{name}={value}" for name, value in {**environment, "PATH": path}.items()]
        return [f"{ROOT}/tools/cluster", "exec", "--dir", self.folder, "--", "/usr/bin/env", "-i", *words, *command]

    def down(self):
        subprocess.run([f"{ROOT}/tools/cluster", "down", "--dir", self.folder], check=False, stderr=subprocess.DEVNULL)

    def jobs(self):
        """The records of all jobs that Slurm remembers: the tasks of an array that nothing has split off yet share one."""
        shown = subprocess.run(["scontrol", "show", "-o", "job"], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
        jobs = []
        for line in shown.decode("latin-1").split("\n"):
            if not line.startswith("JobId="):
                continue  # a name with a newline in it, or "No jobs in the system"
            field = lambda name: (re.search(rf"(?:^| ){name}=(\S*)", line) or [None, None])[1]
            jobs.append({"id": field("JobId"), "array": field("ArrayJobId"), "task": field("ArrayTaskId"), "state": field("JobState"), "exit": field("ExitCode"),
                         "name": field("JobName"), "reason": field("Reason"), "dependency": field("Dependency"),
                         "start": field("StartTime")})
        return jobs

    def wait(self, limit=600):
        end = time.time() + limit
        while time.time() < end:
            states = [job["state"] for job in self.jobs()]
            if all(state in FINAL_STATES for state in states):
                return
            time.sleep(0.3)
        raise SystemExit("jobs do not end:\n" + "\n".join(str(job) for job in self.jobs() if job["state"] not in FINAL_STATES)[:3000])
