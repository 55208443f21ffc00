"""Live submissions of `sarray run`: killed at each of their steps, with their driver, and side by side. Nothing is submitted twice, nothing is lost."""
import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import time

from disk import SAMPLE, attempt, total
from world import PROGRAMS, want, write_programs

# The submission is a process of its own, which asks for the configuration before it changes anything: there a tracer can be attached.
ATTACH = r"""#!/bin/sh
d=${0%/*}
if [ -e "$d/inject" ] && tr '\0' ' ' <"/proc/$PPID/cmdline" | grep -q 'submit --session' && mv "$d/inject" "$d/injected" 2>/dev/null; then
  xargs -a "$d/injected" setsid strace -qq -p "$PPID" </dev/null >/dev/null 2>&1 &
  until grep -q '^TracerPid:.*[1-9]' "/proc/$PPID/status"; do sleep 0.01; done
fi
""" + PROGRAMS["scontrol"].split("\n", 1)[1]
# When it is to take an array it first, or then, kills somebody.
VICTIMS = r"""
strike() { [ -e "${0%/*}/$1" ] && mv "${0%/*}/$1" "${0%/*}/struck" && kill -9 $(cat "${0%/*}/struck"); }
"""
SBATCH = PROGRAMS["sbatch"].replace("\n", VICTIMS, 1).replace("for script;", "strike before\nfor script;").replace('taken"\n', 'taken"\nstrike after\n', 1)
DRIVER = r"""#!/bin/bash
echo "$$" >driver.pid
echo "$PPID" >run.pid
for i in 1 2 3; do sbatch job.slurm "$i" >>answers || exit 9; done
end=$((SECONDS + 80))
until [[ -s $TAKEN ]] && sarray list --json | grep -q '"jobs":\[\]'; do
  ((SECONDS < end)) || exit 8
  sleep 0.2
done
"""
# At these a submission changes something outside of its process.
STEPS = ("openat", "write", "pwrite64", "rename", "fsync", "mkdir", "symlink", "unlink", "flock", "clone", "clone3", "vfork", "fork", "wait4", "exit_group")
WORKERS = 8


def make(template, name):
    world = template.copy(f"{template.folder}-{name}")
    for program in ("scontrol", "sbatch"):
        os.unlink(f"{world.slurm}/{program}")
    write_more(world.slurm, {"scontrol": ATTACH, "sbatch": SBATCH})
    write_more(world.work, {"driver.sh": DRIVER.replace("$TAKEN", f'"{world.slurm}/taken"')})
    return world


def write_more(folder, programs):
    write_programs(folder + "/more", programs)
    for program in programs:
        os.rename(f"{folder}/more/{program}", f"{folder}/{program}")
    os.rmdir(folder + "/more")


def own_session(world):
    """The session that `run` began, and its number of queued jobs."""
    names = sorted(name for name in os.listdir(world.state + "/sessions") if name != world.session)
    want(len(names) == 1, f"sessions: {names}")
    listed = world.run("list", "--json", "--session", names[0])
    want(listed.returncode == 0, f"list: {listed.stderr}")
    return names[0], len(json.loads(listed.stdout)["jobs"])


def wait_for_submissions(world):
    """Until no process of a submission runs, nor an sbatch that one has left."""
    def runs(path):
        try:
            with open(path, "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            return False
        try:
            with open(os.path.dirname(path) + "/environ", "rb") as file:
                return b"submit" in words and world.state.encode() in file.read()
        except OSError:
            return False
    end = time.monotonic() + 60
    while any(runs(path) for path in glob.glob("/proc/[0-9]*/cmdline")):
        want(time.monotonic() < end, "a submission does not end")
        time.sleep(0.1)
    world.wait_for_sbatch()


def check_once(world, jobs):
    """All jobs that were recorded are in Slurm, each once, with what the next submit brings."""
    name, left = own_session(world)
    if left:
        again = world.run("submit", "--session", name)
        want(own_session(world)[1] == 0, f"still queued after the next submit: {again.stderr}")
    scripts = set(open(world.slurm + "/taken", encoding="utf-8").read().split())
    want(len(scripts) == world.taken(), "an array was submitted twice")
    words = sorted(word for script in scripts for word in own_words(script))
    want(words == sorted(jobs), f"submitted: {words}, recorded: {sorted(jobs)}")


def own_words(script):
    """The argument of each job of an array, as the overview in its script has them."""
    with open(script, encoding="utf-8", errors="replace") as file:
        text = file.read()
    jobs = int(re.search(r"^# (\d+) jobs? ", text, re.M).group(1))
    words = re.findall(r"^# +\d+ +[\d,-]+ +job\.slurm +\S*job\.slurm (\d+)$", text, re.M)
    want(len(words) == jobs, f"{jobs} jobs, and the overview has {words}")
    return words


def run_driver(world, *options):
    return world.run("run", "--max-calls", "3", *options, "--", "bash", "driver.sh")


def count_steps(template):
    world = make(template, "live-count")
    with open(world.slurm + "/inject", "w", encoding="ascii") as file:
        file.write(f"-o {world.folder}/trace")
    done = run_driver(world)
    want(done.returncode == 0, f"run: {done.returncode}: {done.stderr}")
    check_once(world, ["1", "2", "3"])
    with open(world.folder + "/trace", encoding="utf-8", errors="replace") as file:
        calls = collections.Counter(match.group(1) for line in file if (match := re.match(r"(\w+)\(", line)))
    world.remove()
    return {name: calls[name] for name in STEPS if calls[name]}


def kill_at(template, name, number):
    world = make(template, f"live-{name}-{number}")
    with open(world.slurm + "/inject", "w", encoding="ascii") as file:
        file.write(f"-o /dev/null -e trace={name} -e inject={name}:signal=KILL:when={number}")
    done = run_driver(world)
    want(os.path.exists(world.slurm + "/injected"), "no submission was traced")
    want(done.returncode == 0, f"killed at {name} {number}: run: {done.returncode}: {done.stderr}")
    wait_for_submissions(world)
    _, left = own_session(world)
    want(left == 0, f"killed at {name} {number}: run ended well, and {left} jobs are queued: {done.stderr}")
    check_once(world, ["1", "2", "3"])
    world.remove()


def live(template):
    def kills():
        steps = [(name, number) for name, count in count_steps(template).items() for number in range(1, count + 1)]
        if SAMPLE:
            steps = steps[::10]
        with concurrent.futures.ThreadPoolExecutor(max_workers=WORKERS) as pool:
            for done in [pool.submit(kill_at, template, *step) for step in steps]:
                done.result()
        return len(steps), f"a submission was killed at each of {len(steps)} steps; the next one went on, and the driver ended well"
    return total([attempt("live", kills), *[attempt(f"live: {who} killed {when}", kill_driver, template, who, when)
                                            for who in ("driver", "run", "both") for when in ("before", "after")],
                  attempt("live: two drivers", two_drivers, template)])


def kill_driver(template, who, when):
    """The driver, or run, or both, are killed while sbatch is called, before or after Slurm has the array."""
    world = make(template, f"live-{who}-{when}")
    process = world.start(world.program, "run", "--max-calls", "3", "--", "bash", "driver.sh")
    pids = [f"{world.work}/{name}.pid" for name in ("driver", "run") if who in (name, "both")]
    end = time.monotonic() + 60
    while not all(os.path.exists(path) and os.path.getsize(path) for path in pids):
        want(time.monotonic() < end, "the driver never began")
        time.sleep(0.005)
    # The driver has yet to make three calls: the submission comes after them.
    victims = " ".join(open(path, encoding="ascii").read().strip() for path in pids)
    with open(f"{world.slurm}/{when}.new", "w", encoding="ascii") as file:
        file.write(victims)
    os.rename(f"{world.slurm}/{when}.new", f"{world.slurm}/{when}")
    _, err = process.communicate(timeout=90)
    want(os.path.exists(world.slurm + "/struck"), f"nobody was killed: {process.returncode}: {err}")
    if who == "driver":
        want(process.returncode == -9, f"run ends as its driver did: {process.returncode}: {err}")
        want("was ended by signal 9: nothing more is submitted; what was is job 1" in err, f"what was submitted: {err}")
    wait_for_submissions(world)
    for path in glob.glob(world.work + "/driver.pid"):  # a driver whose run was killed goes on, and ends by itself
        pid = int(open(path, encoding="ascii").read())
        while os.path.exists(f"/proc/{pid}") and b"driver.sh" in open(f"/proc/{pid}/cmdline", "rb").read():
            want(time.monotonic() < end + 120, "the driver never ended")
            time.sleep(0.1)
    check_once(world, ["1", "2", "3"])
    world.remove()
    return 1, "all is in Slurm once"


def two_drivers(template):
    world = make(template, "live-two")
    write_more(world.work, {"many.sh": "#!/bin/bash\nseq $1 $2 | xargs -P 4 -I{} sh -c 'sbatch job.slurm {}; sleep 0.2'\n"})
    count = 10 if SAMPLE else 25
    running = [world.start(world.program, "run", "--live=1", "--max-calls", "5", "--", "bash", "many.sh", str(first), str(first + count - 1))
               for first in (1, 1001)]
    answers = []
    for process in running:
        out, err = process.communicate(timeout=120)
        want(process.returncode == 0, f"run: {process.returncode}: {err}")
        answers += re.findall(r"Submitted batch job (\d+)\n", out)
    want(len(set(answers)) == 2 * count, f"{len(set(answers))} ids were answered")
    scripts = open(world.slurm + "/taken", encoding="utf-8").read().split()
    want(len(set(scripts)) == len(scripts), "an array was submitted twice")
    words = sorted((word for script in scripts for word in own_words(script)), key=int)
    want(words == [str(first + i) for first in (1, 1001) for i in range(count)], f"submitted: {words}")
    world.remove()
    return 1, f"{2 * count} calls of two drivers are in {len(scripts)} arrays, each once"
