"""docs/performance.md: what was measured, and on what."""
import os
import platform
import re
import subprocess
import tempfile
from pathlib import Path

BEGIN = "<!-- measured: written by bench/run --write -->"
END = "<!-- end of what is measured -->"


def processor():
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    return f"{found.group(1) if found else 'unknown'}, {len(os.sched_getaffinity(0))} cores"


def slurm_release():
    """It reads a configuration before it says its release."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("ClusterName=bench\nSlurmctldHost=localhost\n")
        file.flush()
        try:
            done = subprocess.run(["sbatch", "--version"], env={**os.environ, "SLURM_CONF": file.name}, stdout=subprocess.PIPE, timeout=30)
        except OSError:
            return "no Slurm"
    return done.stdout.decode().strip()


def bash_release():
    return subprocess.run(["/bin/bash", "-c", "echo $BASH_VERSION"], stdout=subprocess.PIPE, timeout=30).stdout.decode().strip()


def measured_part(bench):
    lines = [BEGIN, "", f"- processor: {processor()}", f"- kernel: {platform.system()} {platform.release()}", f"- {slurm_release()}, bash {bash_release()}", "",
             "| row | what | target | measured | |", "|---|---|---|---|---|"]
    for row in bench.rows:
        verdict = {True: "met", False: "**missed**", None: ""}[row.met]
        lines.append(f"| {row.number} | {row.what.strip()} | {row.target} | {row.measured} | {verdict} |")
    return "\n".join([*lines, "", END])


def write(bench, path):
    """Replaces what is measured; the words around it are people's."""
    text = path.read_text() if path.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    before, rest = text.split(BEGIN, 1)
    path.parent.mkdir(exist_ok=True)
    path.write_text(before + measured_part(bench) + rest.split(END, 1)[1])
