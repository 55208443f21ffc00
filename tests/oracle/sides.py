"""The two sides that the oracle compares: the real sbatch, and sarray's reading of the same call."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

CLUSTER = str(Path(__file__).resolve().parent.parent.parent / "tools" / "cluster")
BASE_PATH = "/usr/local/bin:/usr/bin:/bin"
# sbatch says these with "error:" and goes on.
HARMLESS = re.compile(r"sbatch: error: (SLURM_EXIT_ERROR has zero value|Change from #SLURM|Ignoring unrecognized power option|Ignoring (-S|--thread-spec) since)")
# getopt's own words, and parse_time's, have no "error:".
PLAIN_ERROR = re.compile(r"(sbatch: (unrecognized option|invalid option|option |unknown option|ambiguous)|Invalid time specification)")
BLOCK_LINE = re.compile(r"sbatch: (\S+) *: ?(.*)", re.DOTALL)
ARRAY_ERROR = "Invalid job array specification"
DEPENDENCY_ERROR = "Job dependency problem"
CONTROLLER_ERRORS = (ARRAY_ERROR, DEPENDENCY_ERROR)
RULE = "sbatch: -------------------- --------------------"


@dataclass
class Answer:
    verdict: str  # accepted, refused; of sarray also: real, unmergeable
    status: int = 0
    error: str = ""
    options: dict = field(default_factory=dict)
    output: str = ""
    submission: int = 0  # the status of what came after sbatch's own reading: the controller's verdict


def encode(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


class Slurm:
    """Where Slurm's commands are run: on this machine, or inside the chroot of another release."""

    def __init__(self, folder="", release=""):
        self.prefix = [CLUSTER, "exec", "--dir", folder, "--", "/usr/bin/env", "-i"] if release else []

    def run(self, words, environment, directory, standard_input=b""):
        if not self.prefix:
            return subprocess.run(words, executable=f"/usr/bin/{words[0]}", env=environment, cwd=directory, input=standard_input,
                                  capture_output=True, timeout=60, check=False)
        assignments = [encode(name) + b"=" + encode(value) for name, value in environment.items()]
        return subprocess.run([*map(encode, self.prefix), *assignments, *map(encode, words)], cwd=directory, input=standard_input,
                              capture_output=True, timeout=60, check=False)


def run_sbatch(slurm, argv, environment, directory, standard_input=b""):
    result = slurm.run(["sbatch", *argv], environment, directory, standard_input)
    return result.returncode, result.stdout.decode("utf-8", "surrogateescape"), result.stderr.decode("utf-8", "surrogateescape")


def first_error(text):
    for line in text.split("\n"):
        if HARMLESS.match(line):
            continue
        if line.startswith(("sbatch: error: ", "sbatch: fatal: ")) or PLAIN_ERROR.match(line):
            return line
    return ""


def read_block(text):
    """The "defined options" that -vv prints, or nothing where sbatch did not come that far."""
    parts = text.split(RULE + "\n")
    if len(parts) < 3:
        return None
    options, nameless = {}, []
    for line in re.split(r"\n(?=sbatch: )", parts[1].rstrip("\n")):
        if match := BLOCK_LINE.fullmatch(line):
            if match[1] == "(null)":  # an option that has only a variable: a half of --switches
                nameless.append(match[2])
            else:
                options[match[1]] = match[2]
    counts = [value for value in nameless if value.isdigit()]
    if counts and "switches" not in options:
        waits = [value for value in nameless if not value.isdigit()]
        options["switches"] = "@".join([counts[0], *waits[:1]])
    return options


# What sbatch says after its block, where it cannot be seen that it came so far.
AFTER_BLOCK = re.compile(r"allocation failure|generic resource|gres_job_state_validate|talking to database")


def is_quiet(case):
    """Whether the block cannot be had: -Q forbids -vv, and SBATCH_DEBUG=0 takes it back."""
    return "SBATCH_DEBUG" in case.environment or any(re.fullmatch(r"-[HOsvk]*Q.*|--qu?i?e?t?", word) for word in case.argv)


def ask_sbatch(slurm, case, environment, directory):
    # With -Q beside it, -vv would be an error of its own: then only the verdict can be seen.
    quiet = is_quiet(case)
    argv = [*([] if quiet else ["-vv"]), "--test-only", *case.argv]
    status, out, err = run_sbatch(slurm, argv, environment, directory, case.standard_input)
    block = read_block(err)
    if block is None and not (quiet and (status == 0 or AFTER_BLOCK.search(err))):
        return Answer("refused", status, first_error(err), {}, out + err)
    answer = Answer("accepted", 0, "", block or {}, out + err, status)
    for error in CONTROLLER_ERRORS:
        if error in err:
            answer.verdict, answer.status, answer.error = "refused", status, error
    return answer


def frame(fields):
    return b"%d\n" % len(fields) + b"".join(b"%d\n%s\n" % (len(f), f) for f in fields)


def unframe(data):
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        count, at = int(data[at:end]), end + 1
        fields = []
        for _ in range(count):
            end = data.index(b"\n", at)
            size = int(data[at:end])
            fields.append(data[end + 1 : end + 1 + size].decode("utf-8", "surrogateescape"))
            at = end + size + 2
        yield fields


def ask_sarray(program, facts, asked):
    """@param asked (case, environment, directory) of each. @return the answers, in order."""
    messages = []
    for case, environment, directory in asked:
        variables = [encode(name) + b"=" + encode(value) for name, value in environment.items()]
        words = [b"sbatch", *map(encode, case.argv)]
        messages.append(frame([encode(directory), case.standard_input, b"%d" % len(words), *words, *variables]))
    result = subprocess.run([program, *facts], input=b"".join(messages), stdout=subprocess.PIPE, timeout=300, check=False)
    answers = []
    for verdict, status, error, *rest in unframe(result.stdout):
        options = {rest[i]: tuple(rest[i + 1 : i + 5]) for i in range(0, len(rest), 5)}
        answers.append(Answer(verdict, int(status), error, options))
    if result.returncode != 0 or len(answers) != len(asked):
        raise SystemExit(f"oracle: oracle_describe stopped with {result.returncode} after {len(answers)} of {len(asked)} cases")
    return answers


def slurm_facts(slurm, environment):
    """The installed release's --version and --help, and MaxArraySize."""
    version = run_sbatch(slurm, ["--version"], environment, "/")[1]
    usage = run_sbatch(slurm, ["--help"], environment, "/")[1]
    config = slurm.run(["scontrol", "show", "config"], environment, "/").stdout.decode()
    return [version, usage, re.search(r"MaxArraySize\s*=\s*(\d+)", config)[1]]
