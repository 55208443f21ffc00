"""Many callers at once, a full disk, a read-only one, one that ends in the middle of a record, one that is gone."""
import os
import random
import re
import shutil
import signal
import subprocess
import time

from world import Broken, want

# For a program that is slow, as with sanitizers.
SAMPLE = "SARRAY_FAULTS_SAMPLE" in os.environ
CALLERS = 100 if SAMPLE else 500
STEP = 22 if SAMPLE else 11


def attempt(name, function, *arguments):
    """@return how many faults it was, and what broke."""
    start = time.monotonic()
    try:
        count, told = function(*arguments)
    except Broken as broken:
        return 1, [f"{name}: {broken}"]
    print(f"{name}: {told} ({time.monotonic() - start:.1f} s)", flush=True)
    return count, []


def total(parts):
    return sum(count for count, _ in parts), [text for _, broken in parts for text in broken]


def crowd(template):
    return total([attempt("crowd", call_at_once, template, CALLERS, 0), attempt("crowd with kills", call_at_once, template, CALLERS, CALLERS * 3 // 10)])


def call_at_once(template, callers, kills):
    world = template.copy(template.folder + f"-crowd-{kills}")
    before = world.queue()
    sbatch = f"{world.state}/sessions/{world.session}/bin/sbatch"
    victims = set(random.sample(range(callers), kills))
    running = []
    for i in range(callers):
        running.append(world.start(sbatch, "-J", f"n{i}", "job.slurm", str(i), inside=True))
        if i in victims:
            time.sleep(random.random() * 0.004)
            running[i].send_signal(signal.SIGKILL)
    answers = {}
    for i, process in enumerate(running):
        out, err = process.communicate(timeout=90)
        want(process.returncode == 0 or (i in victims and process.returncode == -signal.SIGKILL), f"caller {i}: {err}")
        if process.returncode == 0:
            answers[int(re.fullmatch(r"Submitted batch job (\d+)\n", out).group(1))] = i
    jobs = world.queue()
    want({n: jobs.get(n) for n in before} == before, "an earlier call changed")
    listed = {job["id"]: job for job in jobs.values()}
    for identity, i in answers.items():
        want(listed.get(identity, {}).get("arguments") == [str(i)], f"caller {i}'s call is not there")
    want(kills or len(answers) == callers, "a caller had no answer")
    world.remove()
    return callers, f"{callers} callers at once, {kills} of them killed: {len(answers)} answered, {len(jobs) - len(before)} recorded"


def disk(template):
    return total([attempt("full disk", fill_disk, template), attempt("read-only", make_read_only, template),
                  attempt("file size limit", limit_size, template), attempt("vanished", vanish, template)])


def on_tmpfs(template, name, size):
    """A copy whose state lies on a small disk of its own."""
    world = template.copy(template.folder + "-" + name)
    os.rename(world.state, world.folder + "/kept")
    os.mkdir(world.state, 0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", world.state], check=True)
    shutil.copytree(world.folder + "/kept", world.state, symlinks=True, dirs_exist_ok=True)
    return world


def unmount(world):
    subprocess.run(["umount", "-l", world.state], check=False)
    world.remove()


def fill_disk(template):
    world = on_tmpfs(template, "full", "256k")
    answered = refused = 0
    for i in range(400):
        done = world.run("sbatch", "-J", f"n{i}", "job.slurm", "x" * 4000, inside=True)
        if done.returncode == 0:
            answered += 1
            want(not refused or i > 0, "")
        else:
            refused += 1
            want("No space left" in done.stderr, f"the refusal: {done.stderr}")
        if refused == 10:
            break
    want(refused == 10, "the disk was never full")
    jobs = world.queue()
    want(len(jobs) == 3 + answered, f"{answered} answered, {len(jobs) - 3} recorded")
    # drop and submit have no room either; then there is room again.
    done = world.run("drop", "1", inside=True)
    want((done.returncode == 0) != (1 in world.queue()), "drop on a full disk")
    done = world.run("submit", inside=True)
    want(done.returncode != 0 and "No space left" in done.stderr and world.taken() == 0, f"submit on a full disk: {done.stderr}")
    subprocess.run(["mount", "-o", "remount,size=4m", world.state], check=True)
    done = world.run("submit", inside=True)
    want(done.returncode == 0 and world.taken() == 1 and not world.queue(), f"submit when there is room again: {done.stderr}")
    unmount(world)
    return 12, f"{answered} calls recorded, {refused} refused, drop and submit refused, submitted once there was room"


def make_read_only(template):
    world = on_tmpfs(template, "read-only", "1m")
    before = world.queue()
    subprocess.run(["mount", "-o", "remount,ro", world.state], check=True)
    for words in (("sbatch", "job.slurm"), ("drop", "1"), ("submit",), ("cancel",)):
        done = world.run(*words, inside=True)
        want(done.returncode != 0 and "Read-only file system" in done.stderr, f"{words}: {done.returncode}, {done.stderr}")
    done = world.run("listen")
    want(done.returncode != 0 and "Read-only file system" in done.stderr, f"listen: {done.stderr}")
    want(world.queue() == before and world.taken() == 0, "the queue changed")
    subprocess.run(["mount", "-o", "remount,rw", world.state], check=True)
    want(world.run("submit", inside=True).returncode == 0 and world.taken() == 1, "submit when it can be written again")
    unmount(world)
    return 5, "sbatch, drop, submit, cancel and listen refuse; list works; then submitted"


def limit_size(template):
    """The write of a record is cut at every STEPth byte, by a limit on the file's size."""
    world = template.copy(template.folder + "-limit")
    journal = f"{world.state}/sessions/{world.session}/journal"
    cuts = unanswered = 0
    jobs = world.queue()
    size = os.path.getsize(journal)
    for offset in range(0, 4000, STEP):
        done = world.run("sbatch", "-J", "new", "job.slurm", "y" * 200, inside=True, before=("prlimit", f"--fsize={size + offset}", "--core=0"))
        after = world.queue()
        want({n: after.get(n) for n in jobs} == jobs, f"cut at byte {offset}: an earlier call changed")
        if done.returncode == 0:
            break
        cuts += 1
        unanswered += len(after) - len(jobs)
        want(done.returncode < 0 or "too large" in done.stderr, f"cut at byte {offset}: {done.returncode}, {done.stderr}")
        want(len(after) == len(jobs), f"cut at byte {offset}: a call that was not answered is there")
        good = world.run("sbatch", "-J", "good", "job.slurm", inside=True)
        want(good.returncode == 0, f"after a cut at byte {offset}: {good.stderr}")
        jobs = world.queue()
        want(len(jobs) == len(after) + 1, f"after a cut at byte {offset} the next call is not there")
        size = os.path.getsize(journal)
    want(cuts > 20 and done.returncode == 0, f"only {cuts} cuts")
    world.remove()
    return cuts, f"{cuts} records cut short, none of them half there"


def vanish(template):
    world = template.copy(template.folder + "-gone")
    journal = f"{world.state}/sessions/{world.session}/journal"
    os.rename(journal, world.folder + "/journal")
    for words in (("sbatch", "job.slurm"), ("drop", "1"), ("submit",), ("list",)):
        done = world.run(*words, inside=True)
        want(done.returncode != 0 and "no such session" in done.stderr, f"{words}: {done.returncode}, {done.stderr}")
    os.rename(world.folder + "/journal", journal)
    want(len(world.queue()) == 3 and world.taken() == 0, "the queue changed")
    world.remove()
    return 4, "sbatch, drop, submit and list refuse; with the journal back it is as it was"
