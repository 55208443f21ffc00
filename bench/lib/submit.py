"""Rows 2 and 3: from recorded calls to the batch script, and how long that is. Times are processor time: the machine is shared."""
import subprocess

from measure import base_environment, run_median


def fill(bench, environment, kind, count, script):
    done = subprocess.run([bench.tool("fill"), kind, str(count), str(script)], env=environment, check=True, timeout=300, stdout=subprocess.PIPE)
    return done.stdout.decode().strip()


def without_slurm(bench, environment):
    """A dry run needs no Slurm; without one its answers cost nothing here."""
    path = bench.folder / "programs"
    if not path.exists():
        path.mkdir()
        for name in ("bash", "id", "env"):
            (path / name).symlink_to("/usr/bin/" + name)
    return {**environment, "PATH": str(path)}


def with_answers(bench, environment):
    """A Slurm that takes everything, if only what sarray leaves for the tasks matters."""
    path = bench.folder / "answers"
    if not path.exists():
        path.mkdir()
        for name, words in (("sbatch", 'echo "Submitted batch job 4711"'), ("scontrol", 'echo "MaxArraySize = 1000001"; echo "MaxJobCount = 1000001"'), ("squeue", ":")):
            (path / name).write_text(f"#!/bin/sh\n{words}\n")
            (path / name).chmod(0o755)
    return {**environment, "PATH": f"{path}:/usr/bin:/bin"}


def submit_arguments(bench, environment, cwd, count):
    """Submits that many calls of one script with other arguments. Returns the submission's folder."""
    session = fill(bench, environment, "arguments", count, cwd / "job.sh")
    folders = bench.folder / "state/submissions"
    before = set(folders.glob("*"))
    subprocess.run([bench.sarray, "submit", "--quiet", "--session", session], env=with_answers(bench, environment), cwd=cwd, check=True, timeout=300, stdout=subprocess.DEVNULL)
    (folder,) = set(folders.glob("*")) - before
    return folder


def measure(bench, cwd):
    script = cwd / "job.sh"
    environment = base_environment(bench)
    lonely = without_slurm(bench, environment)

    def dry_run(kind, count, rounds):
        session = fill(bench, environment, kind, count, script)
        output = bench.folder / f"{kind}-{count}.slurm"
        return run_median(bench, [bench.sarray, "submit", "-n", "--session", session], lonely, cwd, rounds, output)

    few = dry_run("arguments", 10_000, 7)
    many = dry_run("arguments", 100_000, 3)
    bench.at_most("2", "submit -n: 10,000 calls of one script, other arguments", 0.15, few.seconds, " s", 3)
    bench.at_most("2", "submit -n: 100,000 calls of one script, other arguments", 1.5, many.seconds, " s")
    bench.at_most("2", "  the same: most memory", 300, many.peak_mb, " MB", 0)
    bench.at_most("2", "  the same: time of 100,000 : time of 10,000", 11, many.seconds / few.seconds, "x", 1)
    for kind, words in (("scripts", "10,000 calls, each with a script of its own"), ("environments", "10,000 calls whose environments differ in one variable")):
        bench.at_most("2", f"submit -n: {words}", 0.15, dry_run(kind, 10_000, 5).seconds, " s", 3)
    million = dry_run("ids", 1_000_000, 5)
    bench.at_most("2", "submit -n: one job of 1,000,000 array ids", 0.15, million.seconds, " s", 3)
    chains = dry_run("chains", 3000, 5)
    bench.at_most("2", "submit -n: 3,000 jobs in 1,000 chains of three", 0.2, chains.seconds, " s", 3)
    measure_queue_file(bench, cwd, script, lonely)
    bench.at_most("3", "bytes of script for 10,000 calls of one script, other arguments", 1_000_000, few.output.stat().st_size, "", 0)


def measure_queue_file(bench, cwd, script, environment):
    times = {}
    for count in (10_000, 100_000):
        queue = cwd / f"queue-{count}"
        queue.write_text("".join(f"sbatch {script.name} --input=data/part-{i // 10}.csv --seed={i}\n" for i in range(count)))
        times[count] = run_median(bench, [bench.sarray, "submit", "-n", str(queue)], environment, cwd, 3)
    many = times[100_000]
    bench.at_most("2", "submit -n: a queue file of 100,000 lines", 1.5, many.seconds, " s")
    bench.at_most("2", "  the same: most memory", 300, many.peak_mb, " MB", 0)
    bench.at_most("2", "  the same: time of 100,000 : time of 10,000", 11, many.seconds / times[10_000].seconds, "x", 1)
