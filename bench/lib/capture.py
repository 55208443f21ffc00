"""Row 1: recording a call, from spawn to exit."""
import os
import subprocess

from measure import base_environment, median, read_spawned, spawn, spawn_crowd, write_script


def open_session(bench, environment, cwd, *options):
    """A session as `sarray listen` makes it. Returns its sbatch, and the environment inside it."""
    inside = cwd / "inside.env"
    subprocess.run([bench.sarray, "listen", *options], input=f"env -0 > '{inside}'\n".encode(), env=environment, cwd=cwd, check=True, timeout=60)
    entries = [entry.split("=", 1) for entry in inside.read_text().split("\0") if entry]
    variables = dict(entries)
    os.unlink(variables["SARRAY_SHARE"] + "/over")  # as if its shell still ran
    return variables["SARRAY_BIN"] + "/sbatch", variables


def measure(bench):
    cwd = bench.folder_for("capture")
    script = write_script(cwd)
    sbatch, environment = open_session(bench, base_environment(bench), cwd)
    ours = [sbatch, script.name, "--seed=17"]
    nothing = [bench.tool("nothing")]
    spawn(bench, 20, [nothing, ours], environment, cwd)
    alone = [spawned.wall for spawned in spawn(bench, 600, [nothing, ours], environment, cwd)]
    bench.add("1", "a program that does nothing, linked as ours is: spawn to exit", "", f"{alone[0] * 1e6:.0f} us")
    bench.add("1", "recording a call (3 KB script, 10 KB environment): spawn to exit", "", f"{alone[1] * 1e6:.0f} us")
    bench.at_most("1", "recording a call : a program that does nothing", 1.6, alone[1] / alone[0], "x")
    measure_crowd(bench, nothing, ours, environment, cwd)


def measure_crowd(bench, nothing, ours, environment, cwd):
    """16 callers at once, against what the same cores make of 16 callers of the program that does nothing."""
    crowds, scalings = [], []
    for _ in range(7):
        one = [spawned.wall for spawned in spawn(bench, 60, [nothing, ours], environment, cwd)]
        many = spawn_crowd(bench, 20, 16, [nothing, ours], environment, cwd)
        crowds.append(many[1])
        scalings.append((many[1] / one[1]) / (many[0] / one[0]))
    bench.add("1", "16 callers at once: time a call, all in all", "", f"{median(crowds) * 1e6:.0f} us")
    bench.at_most("1", "16 callers : 1 caller, by what the cores make of the program that does nothing", 1.25, median(scalings), "x")


def measure_on_cluster(bench, environment):
    """Beside the real sbatch. @param environment of the cluster."""
    cwd = bench.folder_for("capture-cluster")
    script = write_script(cwd)
    sbatch, inside = open_session(bench, {**base_environment(bench), **environment}, cwd)
    real = ["/usr/bin/sbatch", "-H", script.name, "--seed=17"]
    ours = [sbatch, "-H", script.name, "--seed=17"]
    nothing = [bench.tool("nothing")]
    spawn(bench, 3, [nothing, ours, real], inside, cwd)
    # A loop of one and a loop of the other, as users have them: in turn, each would find the caches full of the other.
    loops = {name: [] for name in ("nothing", "ours", "real")}
    for _ in range(4):
        for name, command in (("nothing", nothing), ("ours", ours), ("real", real)):
            loops[name] += read_spawned(bench, 50, 1, [command], inside, cwd)[0]
    times = {name: median(values) for name, values in loops.items()}
    bench.add("1", "the real sbatch, on an idle controller of this machine: spawn to exit", "", f"{times['real'] * 1e3:.1f} ms")
    bench.add("1", "the real sbatch : a program that does nothing", "", f"{times['real'] / times['nothing']:.1f}x")
    ratio = times["real"] / times["ours"]
    bench.add("1", "the real sbatch : recording a call", ">= 10x", f"{ratio:.1f}x", ratio >= 10)
    measure_checks(bench, script, {**base_environment(bench), **environment}, cwd)
    subprocess.run(["scancel", "-u", "root"], env={**inside, "PATH": "/usr/bin:/bin"}, timeout=120)


def measure_checks(bench, script, environment, cwd):
    """What `run`, and `listen --check`, ask Slurm at the first call with new options; the others find its answer."""
    sbatch, inside = open_session(bench, environment, cwd, "--check")
    again, new = [], []
    for i in range(30):
        call = [sbatch, "-H", f"--comment={i}", script.name]
        new += read_spawned(bench, 1, 1, [call], inside, cwd)[0]
        again += read_spawned(bench, 10, 1, [call], inside, cwd)[0]
    bench.add("1", "recording a call with checks, its options known to Slurm", "", f"{median(again) * 1e6:.0f} us")
    bench.add("1", "recording the first call with new options, which Slurm is asked about", "", f"{median(new) * 1e3:.1f} ms")
