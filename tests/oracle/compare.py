"""Whether sarray read a call as sbatch did.

The options are compared by sbatch itself: what sarray resolved is given to it once more as one plain command line, and both
"defined options" blocks must be equal. So no rule of Slurm's stands here a second time.
"""

import re
from datetime import datetime

from sides import CONTROLLER_ERRORS, DEPENDENCY_ERROR, is_quiet, read_block, run_sbatch

# Said by the client only, or by this test: they are no part of what a job is.
CLIENT = {"test-only", "verbose", "wrap", "ignore-pbs", "quiet", "parsable"}
# Two names of one thing in sbatch's memory: it prints the common value for each name that was used.
TWINS = {"no-requeue": "requeue", "oversubscribe": "exclusive", "tasks-per-node": "ntasks-per-node", "cluster": "clusters"}
# What only the site's own sbatch can judge; sarray leaves it to the submission.
LEFT_TO_SBATCH = re.compile(r"sbatch: error: (governor of .* is not allowed in slurm.conf|--?[ug]id only permitted|Invalid --[ug]id |"
                            r"Incompatible begin and deadline|In order to use --gres-flags=one-task-per-sharing|You must explicitly choose a governor|Slurmstepd step management must be enabled|slurm_allocate_resources error opening file)")
NODE_COUNT_ERROR = re.compile(r"sbatch: error: (Too few processes|invalid number of nodes)")  # of a file that only sbatch reads
PARTS = ("sockets-per-node", "cores-per-socket", "threads-per-core", "ntasks-per-core", "extra-node-info")
UNSET = {"unset", "(null)", "-2", "-1", "Unknown", "4294967294"}
# sbatch prints these as other options or the clock have changed them (--hint with its letters as they were typed): their
# normalised values say nothing about what it prints.
DEPENDENT = {"nodes", "nodelist", "exclude", "output", "error", "input", "chdir", "begin", "deadline", "ntasks", "extra-node-info", "mincpus", "hint",
             "tres-per-task", "tres-bind", "gpus-per-task", "cpus-per-task"}


def clean(block):
    kept = {}
    # -B prints its three parts, and --hint sets them.
    derived = PARTS if "extra-node-info" in block or "hint" in block else ()
    if block.get("nodefile", "(null)") not in UNSET:
        derived = (*derived, "nodelist")  # what stands in the file
    for name, value in block.items():
        if name in derived and not (name == "extra-node-info" and "hint" not in block):
            continue
        if name in CLIENT or value in UNSET or (name in ("array", "dependency") and value in ("", "0")):
            continue
        kept[TWINS.get(name, name)] = value
    return kept


def same_value(name, ours, theirs):
    if ours == theirs:
        return True
    if name in ("begin", "deadline") and ours and theirs:  # "now+5" was read twice
        try:
            return abs((datetime.fromisoformat(ours) - datetime.fromisoformat(theirs)).total_seconds()) <= 5
        except ValueError:
            return False
    if name == "nodelist" and ours and theirs:  # from #PBS lines sbatch writes n[1-2]
        return expand(ours) == expand(theirs)
    # Known: after map_mem and then words alone, sbatch has lost the list, and no command line can say that.
    return name == "mem-bind" and bool(theirs) and re.search(r"(^|,)(map|mask)_mem$", theirs) is not None


def expand(hosts):
    def write_out(match):
        return ",".join(f"{match[1]}{number}" for part in match[2].split(",") for first, _, last in [part.partition("-")]
                        for number in range(int(first), int(last or first) + 1))
    return sorted(re.sub(r"([^,\[]*)\[([^\]]*)\]", write_out, hosts).split(","))


def replay(slurm, options, environment, directory):
    """The block of a call that gives sarray's resolved options on the command line, and what sbatch said."""
    argv = ["-vv", "--test-only"]
    for name, (has_value, value, _, _) in options.items():
        if not name.startswith("(") and name != "parsable":
            argv.append(f"--{name}={value}" if has_value == "1" else f"--{name}")
    bare = {name: value for name, value in environment.items() if not name.startswith("SBATCH_") and name not in ("SLURM_HINT", "SLURM_CLUSTERS")}
    status, _, err = run_sbatch(slurm, [*argv, "--wrap=true"], bare, directory)
    return read_block(err), f"exit {status}: {err.strip()[-300:]}"


def compare_options(slurm, theirs, ours, environment, directory):
    block, words = replay(slurm, ours.options, environment, directory)
    if block is None:
        return [f"sbatch does not take what sarray resolved: {words}"]
    printed = dict(theirs.options)
    if "Ignoring --hint" in theirs.output:  # 20.11 prints it all the same
        printed.pop("hint", None)
    real, resolved = clean(printed), clean(block)
    differences = []
    for name in sorted(real.keys() | resolved.keys()):
        if not same_value(name, resolved.get(name), real.get(name)):
            differences.append(f"--{name}: sbatch has {real.get(name)!r}, sarray {resolved.get(name)!r}")
    if ("parsable" in theirs.options and theirs.options["parsable"] == "set") != ("parsable" in ours.options):
        differences.append("--parsable")
    return differences


def compare(slurm, case, theirs, ours, environment, directory):
    """@return what differs, one line each."""
    if ours.verdict == "real":
        shown = re.search(r"^(Usage: sbatch|slurm(-wlm)? \d|Application hint options|Memory bind options|.*Valid gres options|gres/|Memory binding)", theirs.output, re.M)
        asked = any(word.startswith(("--te", "--us", "--he", "--vers", "-h", "-V")) for word in case.argv) or b"--te" in (case.script or b"") + case.standard_input
        return [] if shown or asked or "--test-only" in theirs.output else ["sarray leaves the call to the real sbatch"]
    if ours.verdict == "unmergeable":
        refused_by_name = re.match(r"(--(wait|bbf|bb|container|external|runtime|dependency)|heterogeneous job)", ours.error) or (
            b"umask=" in (case.script or b"") and ours.error.startswith("line "))
        return [] if refused_by_name else [f"sarray refuses it itself: {ours.error}"]
    if LEFT_TO_SBATCH.match(theirs.error):
        return []
    if "nodefile" in ours.options and NODE_COUNT_ERROR.match(theirs.error):
        return []
    if theirs.submission != 0 and any(error in ours.error for error in CONTROLLER_ERRORS):  # it found something else first
        return []
    if theirs.error == DEPENDENCY_ERROR and ours.verdict == "accepted":  # which jobs there are is the controller's
        return []
    if theirs.verdict != ours.verdict:
        return [f"sbatch: {theirs.verdict} {theirs.status} {theirs.error!r}, sarray: {ours.verdict} {ours.status} {ours.error!r}"]
    if theirs.verdict == "refused":
        if theirs.error in CONTROLLER_ERRORS:  # --test-only words and ends it in its own way
            return [] if theirs.error in ours.error else [f"first line: sbatch {theirs.error!r}, sarray {ours.error!r}"]
        differences = []
        if theirs.status != ours.status:
            differences.append(f"exit status: sbatch {theirs.status}, sarray {ours.status} ({ours.error})")
        if theirs.error != ours.error and not (theirs.error == "" and is_quiet(case)):  # -QQ hides it
            differences.append(f"first line: sbatch {theirs.error!r}, sarray {ours.error!r}")
        return differences
    if "--test-only" in theirs.output or not theirs.options:
        return []
    return compare_options(slurm, theirs, ours, environment, directory)


def find_false_equals(pairs):
    """Values that sarray would take for the same, and sbatch does not: a wrong merge.
    @param pairs (theirs, ours) of accepted calls."""
    seen = {}
    for theirs, ours in pairs:
        for name, (_, value, normal, _) in ours.options.items():
            printed = theirs.options.get(name)
            if printed is None or name in DEPENDENT or name in TWINS or name in TWINS.values():
                continue
            before = seen.setdefault((name, normal), (printed, value))
            if before[0] != printed:
                yield f"--{name}: sarray takes {before[1]!r} and {value!r} for the same, sbatch has {before[0]!r} and {printed!r}"
