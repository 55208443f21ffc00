"""A pipeline of three arrays, its submission and its retries, on a Slurm of shell scripts that knows holds, dependencies and states.

The Slurm keeps each fact in a file of its own, job.NUMBER.FACT or job.NUMBER.FACT.INDEX, and is built of what bash has: it is called often.
"""
import glob
import json
import os
import re

from world import NO_ACCOUNTING, Broken, ended_well, want, write_programs

FACTS = r"""
here=${0%/*}
read_fact() { value=$2; [[ ! -e $here/job.$1 ]] || IFS= read -r value <"$here/job.$1"; } # NAME DEFAULT: sets value
count=0
if [[ -e $here/taken ]]; then while read -r _; do count=$((count + 1)); done <"$here/taken"; fi
"""
SBATCH = "#!/bin/bash" + FACTS + r"""
case "$1" in --version) echo slurm-wlm 22.05.8; exit ;; --help) exit 1 ;; esac
number=$((count + 1)) held=no tasks=1
for script; do [[ $script != --hold ]] || held=yes; done
while IFS= read -r line && [[ $line == '#'* ]]; do
  [[ ! $line =~ ^'#SBATCH --array=0-'([0-9]+) ]] || tasks=$((BASH_REMATCH[1] + 1))
done <"$script"
echo $held >"$here/job.$number.held"
echo $tasks >"$here/job.$number.tasks"
echo "$script" >>"$here/taken"
echo "Submitted batch job $number"
"""
SQUEUE = "#!/bin/bash" + FACTS + r"""
ids= format= states=all
while (($#)); do
  case $1 in
    -j) ids=,$2,; shift ;;
    -o | -O) format=$2; shift ;;
    -t) states=$2; shift ;;
  esac
  shift
done
number=0
[[ -e $here/taken ]] || exit 0
while read -r script; do
  number=$((number + 1))
  [[ -z $ids || $ids == *,$number,* ]] || continue
  read_fact $number.held no; held=$value
  read_fact $number.tasks 1; tasks=$value
  priority=100 reason=Dependency
  [[ $held == no ]] || priority=0 reason=JobHeldUser
  [[ $format != '%F|%o'* ]] || echo "$number|$script|2026-11-23T17:30:00"
  for ((task = 0; task < tasks; task++)); do
    read_fact $number.state.$task PENDING; state=$value
    read_fact $number.dependency.$task ''; dependency=${value:-(null)}
    case $format in
      '%F|%K|%Q|%T|%E') [[ $state != PENDING && ($state != CANCELLED || $states != *CANCELLED*) ]] || echo "$number|$task|$priority|$state|$dependency" ;;
      '%A|%F|%K|%V|%o') echo "$((1000 * number + task))|$number|$task|2026-11-23T17:30:00|$script" ;;
      ArrayJobID:*)
        start=2026-11-23T17:31:31 host=n1 time=0:02 why=$reason
        case $state in PENDING) start=N/A host= time=0:00 ;; CANCELLED) start=N/A host=N/A time=0:00 why=DependencyNeverSatisfied ;; *) why=None ;; esac
        printf '%-14s%-14s%-14s%-20s%-12s%-24s%-24s%-20s%-70s%-12s%-24s%-60s' $number $task $((1000 * number + task)) $state 256 $start 2026-11-23T17:31:33 $time "$host" 0 2026-11-23T17:30:00 $why
        width=0
        [[ $format != *Command:* ]] || width=${format##*Command:}
        if ((width)); then printf "%-${width}s\n" "$script"; else echo; fi
        ;;
    esac
  done
done <"$here/taken"
"""
SCONTROL = "#!/bin/bash" + FACTS + r"""
update() { # JobId=ID_[LIST] Dependency=TEXT
  local names=${1#JobId=} text=${2#Dependency=} id list part first last tasks
  id=${names%%_*} list=${names#"$id"}
  list=${list#_} list=${list#[} list=${list%]}
  read_fact $id.tasks 1
  [[ -n $list ]] || list=0-$((value - 1))
  for part in ${list//,/ }; do
    first=${part%-*} last=${part#*-}
    for ((task = first; task <= last; task++)); do echo "$text" >"$here/job.$id.dependency.$task"; done
  done
}
case $1 in
  '')
    printf 'scontrol: '
    while read -r _ names text; do
      update "$names" "$text"
      printf 'scontrol: '
    done
    ;;
  update) update "$2" "$3" ;;
  release)
    for id in ${2//,/ }; do
      read_fact $id.tasks 1; tasks=$value all=
      for ((task = 0; task < tasks; task++)); do read_fact $id.dependency.$task none; all+=" ${value// /}"; done
      echo "$id$all" >>"$here/released"
      echo no >"$here/job.$id.held"
    done
    ;;
  *) printf 'MaxArraySize            = 1001\nMaxJobCount             = 10000\n' ;;
esac
"""

# Two chains and a join: arrays 1, 2 and 3.
LAUNCH = """
a=$(sbatch --parsable job.slurm a1); b=$(sbatch --parsable -d afterok:$a job.slurm b1); ids=:$b
a=$(sbatch --parsable job.slurm a2); b=$(sbatch --parsable -d afterok:$a job.slurm b2); ids=$ids:$b
sbatch -d afterok$ids job.slurm c
"""


# On a cluster that limits requests, and looks at three tasks of an array: six chains, whose stages are cut in two.
LIMITS = "SlurmctldParameters = rl_enable\\nSchedulerParameters = correspond_after_task_cnt=3\\n"
LIMITED_LAUNCH = "".join(f"a=$(sbatch --parsable job.slurm a{i}); b=$(sbatch --parsable -d afterok:$a job.slurm b{i}); sbatch -d afterok:$b job.slurm c{i}\n" for i in range(6))


class Slurm:
    """What the stand-in knows."""

    def __init__(self, world):
        self.folder = world.slurm

    def set(self, number, fact, value):
        with open(f"{self.folder}/job.{number}.{fact}", "w", encoding="ascii") as file:
            file.write(value + "\n")

    def get(self, number, fact):
        try:
            with open(f"{self.folder}/job.{number}.{fact}", encoding="ascii") as file:
                return file.read().strip()
        except FileNotFoundError:
            return ""

    def released(self):
        """[(array, what its tasks waited for when it was released)], in the order of the releases."""
        try:
            with open(self.folder + "/released", encoding="ascii") as file:
                return [(int(line.split()[0]), tuple(line.split()[1:])) for line in file]
        except FileNotFoundError:
            return []

    def held(self):
        return [path for path in glob.glob(self.folder + "/job.*.held") if open(path, encoding="ascii").read() == "yes\n"]


def prepare_pipeline(world, launch=LAUNCH, scontrol=SCONTROL):
    for name in os.listdir(world.slurm):
        os.unlink(f"{world.slurm}/{name}")
    os.rmdir(world.slurm)
    write_programs(world.slurm, {"sbatch": SBATCH, "squeue": SQUEUE, "scontrol": scontrol, "sacct": NO_ACCOUNTING})
    said = world.run("listen", stdin=launch).stderr
    world.session = re.search(r"session (\S+) keeps", said).group(1)


def prepare_limited(world):
    prepare_pipeline(world, LIMITED_LAUNCH, SCONTROL.replace("printf 'MaxArraySize", f"printf '{LIMITS}MaxArraySize"))


def prepare_failure(world):
    """The pipeline submitted; its first job has failed, and Slurm has taken what waited for others off their conditions."""
    prepare_pipeline(world)
    done = world.run("submit", "--session", world.session)
    want(done.returncode == 0, f"a submission to be retried: {done.stderr}")
    os.unlink(world.slurm + "/released")
    slurm = Slurm(world)
    for number, task, state, dependency in ((1, 0, "FAILED", ""), (1, 1, "COMPLETED", ""), (2, 0, "PENDING", "afterok:1_0(failed)"), (2, 1, "COMPLETED", ""),
                                            (3, 0, "PENDING", "afterok:2_0(unfulfilled)")):
        slurm.set(number, f"state.{task}", state)
        slurm.set(number, f"dependency.{task}", dependency)


def prepare_cancelled(world):
    """Likewise, on a site that cancels what can never run."""
    prepare_failure(world)
    slurm = Slurm(world)
    for number, dependency in ((2, "afterok:1_0(failed)"), (3, "afterok:2_0(failed)")):
        slurm.set(number, "state.0", "CANCELLED")
        slurm.set(number, "dependency.0", dependency)


def want_released(world, wanted):
    """wanted: {array: what its tasks wait for}, children before parents. No array was ever released with less."""
    slurm = Slurm(world)
    order = []
    for number, dependencies in slurm.released():
        want(dependencies == wanted[number], f"array {number} was released, and waited for {dependencies}")
        if number not in order:
            order.append(number)
    return order


def go_on(world, words, nothing):
    """The same command again, until nothing is left to do; what it said."""
    said = ""
    for _ in range(3):
        again = world.run(*words)
        said += again.stderr
        if again.returncode == 0 or nothing in again.stderr:
            return said
    want(False, f"{words} does not go on: {said}")
    return said


def check_pipeline(world, done, before):
    wanted = {1: ("none", "none"), 2: ("afterok:1_0", "afterok:1_1"), 3: ("afterok:2_[0-1]",)}
    first = len(want_released(world, wanted))
    fate = "submitted" if ended_well(done) else "refused" if done.returncode > 0 else "cut off"
    want(fate != "submitted" or (first == 3 and world.taken() == 3), f"status 0, {world.taken()} arrays, {first} released")
    fate += "" if fate == "submitted" else f" with {world.taken()} arrays in hold" if first == 0 else " after the release"
    said = go_on(world, ("submit", "--session", world.session), "nothing to submit")
    want(world.taken() == 3, f"with the next submit sbatch was called {world.taken()} times: {done.stderr}{said}")
    want(not world.queue(), f"still queued: {said}")
    want(want_released(world, wanted) == [3, 2, 1] and not Slurm(world).held(), f"left in hold: {done.stderr}{said}")
    return fate


def check_limited(world, done, before):
    """Of six arrays of three tasks the first two wait for nothing, and each other one for its twin, which nobody else waits for. What is left of a cut
    submission may be cut into arrays in another order."""
    fate = "submitted" if ended_well(done) else "refused" if done.returncode > 0 else "cut off"
    want(fate != "submitted" or (world.taken() == 6 and len(Slurm(world).released()) == 6), f"status 0, {world.taken()} arrays")
    fate += "" if fate == "submitted" else f" with {world.taken()} arrays in hold" if not Slurm(world).released() else " after the release"
    said = go_on(world, ("submit", "--session", world.session), "nothing to submit")
    want(world.taken() == 6, f"with the next submit sbatch was called {world.taken()} times: {done.stderr}{said}")
    order, twins = [], {}
    for number, dependencies in Slurm(world).released():
        want(len(dependencies) == 3 and len(set(dependencies)) == 1 and twins.setdefault(number, dependencies[0]) == dependencies[0],
             f"array {number} was released, and waited for {dependencies}")
        if number not in order:
            order.append(number)
    parents = {number: int(twin.removeprefix("aftercorr:")) for number, twin in twins.items() if twin != "none"}
    chains = [[first, *(second for second in parents if parents[second] == first)] for first in twins if twins[first] == "none"]
    ends = [[last for last in parents if parents[last] == second] for _, second in chains if len(chains) == 2]
    want([len(twins), *map(len, ends)] == [6, 1, 1] and len(set(parents.values())) == 4, f"they wait for {twins}: {said}")
    want(all(order.index(number) < order.index(parent) for number, parent in parents.items()), f"{twins} were released in the order {order}")
    want(not world.queue() and not Slurm(world).held(), f"left: {done.stderr}{said}")
    return fate


def check_repoint(world, done, before):
    fate = "retried" if ended_well(done) else "refused" if done.returncode > 0 else "cut off"
    slurm = Slurm(world)
    want(fate != "retried" or slurm.get(2, "dependency.0") == "afterok:4_0", f"status 0, and it waits for {slurm.get(2, 'dependency.0')}")
    fate += " after sbatch" if fate != "retried" and world.taken() == 4 else ""
    said = go_on(world, ("retry", "1"), "no tasks to run again")
    want(world.taken() == 4, f"with the next retry sbatch was called {world.taken() - 3} times: {done.stderr}{said}")
    found = [slurm.get(*place) for place in ((2, "dependency.0"), (3, "dependency.0"))]
    want(found == ["afterok:4_0", "afterok:2_0(unfulfilled)"], f"they wait for {found}: {done.stderr}{said}")
    want(not slurm.held(), f"left in hold: {said}")
    return fate


def check_along(world, done, before):
    wanted = {4: ("none",), 5: ("afterok:4_0",), 6: ("afterok:5_0",)}
    first = len(want_released(world, wanted))
    fate = "retried" if ended_well(done) else "refused" if done.returncode > 0 else "cut off"
    if fate == "retried" and first != 3 and "it cannot be read; if jobs of it wait" in done.stderr:
        want((world.taken(), first) in ((4, 0), (5, 2)), f"{world.taken()} arrays, {first} released")
        said = go_on(world, ("retry", "2" if first == 0 else "3", "--state", "cancelled"), "no tasks to run again")
        want(world.taken() == 6 and not Slurm(world).held(), f"what was left does not go on by its own name: {done.stderr}{said}")
        return "retried, but not all along, with a warning"
    want(fate != "retried" or (first == 3 and world.taken() == 6), f"status 0, {world.taken()} arrays, {first} released")
    fate += "" if fate == "retried" else f" with {world.taken() - 3} arrays in hold" if first == 0 else " after the release"
    said = go_on(world, ("retry", "1"), "no tasks to run again")
    want(world.taken() == 6, f"with the next retry sbatch was called {world.taken() - 3} times: {done.stderr}{said}")
    want(want_released(world, wanted) == [6, 5, 4] and not Slurm(world).held(), f"left in hold: {done.stderr}{said}")
    return fate


def fail_release(world, text):
    """A submit with this scontrol, which fails to release."""
    path = world.slurm + "/scontrol"
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    done = world.run("submit", "--session", "SESSION")
    want(done.returncode == 1 and "goes on" in done.stderr, f"a release that fails: {done.stderr}")
    with open(path, "w", encoding="ascii") as file:
        file.write(SCONTROL)


def failed_meanwhile(world):
    """All is released and not noted yet; until the next submit a job that others wait for has failed."""
    prepare_pipeline(world)
    fail_release(world, SCONTROL.replace("    done\n    ;;\n  *) printf", "    done\n    exit 1\n    ;;\n  *) printf"))
    slurm = Slurm(world)
    slurm.set(1, "state.0", "FAILED")
    slurm.set(2, "dependency.0", "afterok:1_0(failed)")
    go_on(world, ("submit", "--session", "SESSION"), "nothing to submit")
    want(not slurm.held(), "left in hold")


def waits_for_earlier(world):
    """What is in hold waits for a job of an earlier submission, which is not."""
    prepare_pipeline(world)
    first = "a=$(sbatch --parsable job.slurm a); sarray submit >/dev/null 2>&1; b=$(sbatch --parsable -d afterok:$a job.slurm b)\n"
    said = world.run("listen", stdin=first + "sbatch -d afterok:$b job.slurm c\n").stderr
    world.session = re.search(r"session (\S+) keeps", said).group(1)
    fail_release(world, SCONTROL.replace("  release)\n", "  release)\n    exit 1\n"))
    want(len(Slurm(world).held()) == 2, "two arrays in hold")
    go_on(world, ("submit", "--session", "SESSION"), "nothing to submit")
    want(not Slurm(world).held() and world.taken() == 3, f"{world.taken()} arrays, or left in hold")


def environment_unreadable(world):
    """What says which jobs wait for others cannot be read: they are not left behind silently."""
    prepare_cancelled(world)
    (record,) = (path for path in glob.glob(world.state + "/submissions/*/record.json") if json.load(open(path, encoding="utf-8"))["job_id"] == "2")
    path = os.path.dirname(record) + "/environment"
    os.rename(path, path + ".away")
    os.mkdir(path)
    done = world.run("retry", "1")
    want(done.returncode == 1 and "sarray retry 1 --no-dependents" in done.stderr and world.taken() == 3, f"without it: {done.stderr}")
    os.rmdir(path)
    os.rename(path + ".away", path)
    go_on(world, ("retry", "1"), "no tasks to run again")
    want(world.taken() == 6 and not Slurm(world).held(), f"{world.taken()} arrays, or left in hold")


def resumed(template):
    """What has changed, or is not there, when a submit or a retry goes on."""
    broken = []
    for check in CHANGED:
        try:
            check(template.copy(f"{template.folder}-{check.__name__}"))
        except Broken as error:
            broken.append(f"{check.__name__}: {error}")
    print(f"resumed: {len(CHANGED) - len(broken)} of {len(CHANGED)} pipelines went on", flush=True)
    return len(CHANGED), broken


CHANGED = (failed_meanwhile, waits_for_earlier, environment_unreadable)


PREPARATIONS = {"pipeline": prepare_pipeline, "limited": prepare_limited, "repoint": prepare_failure, "along": prepare_cancelled}
OPERATIONS = {
    "pipeline": (("submit", "--session", "SESSION"), False, check_pipeline),
    "limited": (("submit", "--session", "SESSION"), False, check_limited),
    "repoint": (("retry", "1", "--parsable"), False, check_repoint),
    "along": (("retry", "1", "--parsable"), False, check_along),
}
