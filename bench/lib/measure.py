"""What every row uses: running and timing programs, medians, and the rows themselves."""
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Row:
    """One line of the result. `met` is None where there is no target."""
    number: str
    what: str
    target: str
    measured: str
    met: bool | None = None


@dataclass
class Bench:
    """Where everything is, and what was measured."""
    build: Path
    folder: Path
    full: bool = False
    cluster: bool = True
    calls: int = 2000
    rows: list = field(default_factory=list)

    @property
    def sarray(self):
        return self.installed(self.build / "src/sarray")

    def tool(self, name):
        return self.installed(self.build / "bench" / ("bench_" + name))

    def installed(self, program):
        """A copy, as users have it: what a linker has just written lies in the page cache in other pieces (a tenth of a short program's time)."""
        copy = self.folder / "installed" / program.name
        if not copy.exists():
            copy.parent.mkdir(exist_ok=True)
            shutil.copy(program, copy)
        return str(copy)

    def add(self, number, what, target, measured, met=None):
        row = Row(number, what, target, measured, met)
        self.rows.append(row)
        print_row(row)

    def at_most(self, number, what, limit, value, unit="", digits=2):
        """A row whose target is an upper limit."""
        self.add(number, what, f"<= {limit:g}{unit}", f"{value:.{digits}f}{unit}", value <= limit)

    def folder_for(self, name):
        path = self.folder / name
        path.mkdir(mode=0o700)
        return path


def print_row(row):
    verdict = {True: "ok", False: "MISSED", None: ""}[row.met]
    print(f"{row.number:3} {row.what:74} {row.target:>14} {row.measured:>24}  {verdict}", flush=True)


def base_environment(bench, size=10_000):
    """An environment of about that many bytes, as users of modules and conda have it."""
    home = bench.folder / "home"
    home.mkdir(exist_ok=True)
    variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "USER": "bench", "LANG": "C.UTF-8", "SHELL": "/bin/bash",
                 "TERM": "dumb", "SHLVL": "1", "PWD": str(home), "_": "/usr/bin/sbatch", "SARRAY_STATE_DIR": str(bench.folder / "state")}
    number = 0
    while sum(len(k) + len(v) + 2 for k, v in variables.items()) < size:
        variables[f"BENCH_MODULE_{number}"] = f"/opt/software/module-{number}/2026.1/lib:/opt/software/other/lib"
        number += 1
    return variables


SCRIPT_HEAD = """#!/bin/sh
#SBATCH --job-name=train
#SBATCH --time=02:00:00
#SBATCH --mem=4G
#SBATCH --cpus-per-task=1
#SBATCH --output=logs/%j.out
"""


def write_script(folder, body="exit 0\n", size=3000):
    """A batch script of about `size` bytes that does nothing else."""
    text = SCRIPT_HEAD + body
    number = 0
    while len(text) < size:
        text += f"# line {number}: what this part of the analysis would do with its input\n"
        number += 1
    path = folder / "job.sh"
    path.write_text(text)
    path.chmod(0o755)
    return path


def median(values):
    return statistics.median(values)


@dataclass
class Spawned:
    """Medians over the rounds, in seconds."""
    wall: float
    processor: float


def read_spawned(bench, rounds, callers, commands, environment, cwd):
    words = []
    for command in commands:
        words += (["--"] if words else []) + [str(word) for word in command]
    with tempfile.NamedTemporaryFile(dir=bench.folder) as result:
        subprocess.run([bench.tool("spawn"), result.name, str(rounds), str(callers), *words], env=environment, cwd=cwd, check=True, timeout=300)
        return [[int(word) / 1e9 for word in line.split()] for line in Path(result.name).read_text().splitlines()]


def spawn(bench, rounds, commands, environment, cwd):
    """Runs the commands in turn, `rounds` times. Returns a Spawned for each."""
    lines = [median(line) for line in read_spawned(bench, rounds, 1, commands, environment, cwd)]
    return [Spawned(wall, processor) for wall, processor in zip(lines[::2], lines[1::2])]


def spawn_crowd(bench, rounds, callers, commands, environment, cwd):
    """Seconds a call for each command, run by that many callers at once."""
    return [line[0] for line in read_spawned(bench, rounds, callers, commands, environment, cwd)]


@dataclass
class Measured:
    """`seconds` is processor time: with one thread that is what it takes where nobody else computes."""
    seconds: float
    wall: float
    peak_mb: float
    output: Path


def run_once(bench, command, environment, cwd, output=None):
    """One run: its time, and the most memory it had."""
    path = output or bench.folder / "output"
    start = time.monotonic()
    with open(path, "wb") as out, open(bench.folder / "errors", "wb") as err:
        child = subprocess.Popen(command, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{command}: status {child.returncode}: {(bench.folder / 'errors').read_text()[-2000:]}")
    return Measured(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, path)


def run_median(bench, command, environment, cwd, rounds=5, output=None):
    """The same, with the median time of several runs."""
    runs = [run_once(bench, command, environment, cwd, output) for _ in range(rounds)]
    return Measured(median(r.seconds for r in runs), median(r.wall for r in runs), max(r.peak_mb for r in runs), runs[0].output)
