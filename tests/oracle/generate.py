"""Cases for the oracle: calls of sbatch as people, scripts and mistakes make them. The same seed gives the same cases.

First each option in each of its forms, then random mixtures, so that a sample of any size holds some of everything.
"""

import random
import string
from dataclasses import dataclass, field

from options import TABLE as EVERY_RELEASE
from options import UNKNOWN, table_of

# Of the release that is asked: generate() sets them.
TABLE = EVERY_RELEASE
NAMES = [row[0] for row in TABLE]
# Names that sbatch knows beside the table's, which make an abbreviation ambiguous.
HIDDEN = ["bbf", "wrap"]
ENDS_AT_ONCE = {"help", "usage", "version", "test-only"}
SHELL = b"#!/bin/sh\n"


@dataclass
class Case:
    """A call: `argv` without sbatch itself. The script is job.sh in the call's directory."""

    label: str
    argv: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    script: bytes | None = SHELL + b"true\n"
    standard_input: bytes = b""


def abbreviate(name, rng):
    """A prefix of the name that no other option shares, or the name itself."""
    others = [other for other in NAMES + HIDDEN if other != name]
    fitting = [name[:n] for n in range(1, len(name)) if not any(other.startswith(name[:n]) for other in others)]
    return rng.choice(fitting) if fitting else name


def quote_for_directive(word, rng):
    """The word as a #SBATCH line has to have it, in one of the ways that do."""
    plain = all(c not in " \t#'\"\\:" for c in word) and word != ""
    if plain and rng.random() < 0.8:
        return word
    if "'" not in word and '"' not in word and "\\" not in word:
        return rng.choice(["'", '"']).join(["", word, ""])
    return '"' + "".join("\\" + c if c in "\\\"'" else c for c in word) + '"'


def option_words(row, value, form, rng):
    """The words of one option. `value` is None for a flag, and for an optional value that is left out."""
    name, letter, arity = row[:3]
    if form == "short" and letter:
        if value is None:
            return ["-" + letter]
        if arity == "o" or rng.random() < 0.5:
            return ["-" + letter + value] if value or arity == "r" else ["-" + letter]
        return ["-" + letter, value]
    shown = abbreviate(name, rng) if form == "abbreviated" else name
    if value is None:
        return ["--" + shown]
    if arity == "o" or rng.random() < 0.6:
        return [f"--{shown}={value}"]
    return ["--" + shown, value]


def draw_value(row, rng, bad=0.0):
    _, _, arity, _, good, wrong = row
    if arity == "n" or (arity == "o" and rng.random() < 0.3):
        return None
    return rng.choice(wrong) if wrong and rng.random() < bad else rng.choice(good)


def directive_line(words, rng):
    text = " ".join(quote_for_directive(word, rng) for word in words)
    if len(words) == 1 and "=" in words[0] and words[0].startswith("--") and rng.random() < 0.5:
        head, value = words[0].split("=", 1)
        text = head + "=" + quote_for_directive(value, rng) if value else head + '=""'
    lead = rng.choice([" ", " ", " ", " ", "  ", "\t", "", "   "])
    trail = rng.choice(["", "", "", "", " ", "  # why", "\t#comment", " #", "\r x"[:0]])
    return "#SBATCH" + lead + text + trail


def script_with(lines, rng):
    head = rng.choice(["#!/bin/bash", "#!/bin/sh", "#!/bin/bash -l", "#!/usr/bin/env python3", "#! /bin/bash", "#!/usr/bin/Rscript"])
    body = []
    for line in lines:
        if rng.random() < 0.15:
            body.append(rng.choice(["", "   ", "# a comment", "##SBATCH -t 99", "# SBATCH -p wrong", " #SBATCH -p wrong", "\t", "#",
                                    "#sbatch -t 7", "########", "#SBATCH", "#SBATCH #--mem=7"]))
        body.append(line)
    tail = rng.choice(["echo hello", "", "set -e\nsrun ./a.out", "#SBATCH -p ''\ntrue", "srun hostname\n#SBATCH -N 77"])
    return ("\n".join([head, *body, tail]) + rng.choice(["\n", "\n", ""])).encode()


def form_cases(rng):
    """Each option in each of its forms, with a good value."""
    for row in TABLE:
        name, letter, _, variables, good, bad = row
        forms = ["long", "abbreviated", "directive"] + (["short"] if letter else []) + ["environment"] * len(variables)
        for number, form in enumerate(forms):
            value = draw_value(row, rng)
            if form == "environment":
                value = "" if value is None else value
                yield Case(f"{name} {form}", ["job.sh"], {variables[number - len(forms)]: value})
            elif form == "directive":
                words = option_words(row, value, rng.choice(["long", "short", "abbreviated"]), rng)
                yield Case(f"{name} {form}", ["job.sh"], {}, script_with([directive_line(words, rng)], rng))
            else:
                yield Case(f"{name} {form}", [*option_words(row, value, form, rng), "job.sh"])
        if bad:
            yield Case(f"{name} bad", [*option_words(row, rng.choice(bad), "long", rng), "job.sh"])


def every_value():
    """Each value that is known for an option, once: too many for a sample, so they come shuffled among the rest."""
    for row in TABLE:
        for value in row[4] + row[5]:
            yield Case(f"{row[0]} value", [f"--{row[0]}={value}", "job.sh"])
            for variable in row[3]:
                yield Case(f"{row[0]} variable", ["job.sh"], {variable: value})
        if row[2] == "n":
            for variable in row[3]:
                for value in ("yes", "YES", "no", "0", "1", "2", "-1", "true", "", "1x", " 1", "off", "y"):
                    yield Case(f"{row[0]} variable", [*(["--" + row[0]] if value == "no" else []), "job.sh"], {variable: value})


def random_options(rng, count, bad):
    """(row, value) of options that may stand together; the ones that end sbatch at once are rare."""
    for _ in range(count):
        row = rng.choice(TABLE)
        if row[0] in ENDS_AT_ONCE | {"quiet"} and rng.random() < 0.8:
            row = rng.choice(TABLE[:20])
        yield row, draw_value(row, rng, bad)


def random_argv(rng, count, bad):
    argv = []
    for row, value in random_options(rng, count, bad):
        argv += option_words(row, value, rng.choice(["long", "long", "short", "abbreviated"]), rng)
    return argv


def mixed_case(rng):
    """The three sources at once: precedence."""
    bad = rng.choice([0, 0, 0, 0, 0.1])
    lines = []
    for _ in range(rng.choice([0, 1, 1, 2, 3, 4])):
        words = random_argv(rng, rng.choice([1, 1, 1, 2]), bad)
        lines.append(directive_line(words, rng))
    environment = {}
    for row, value in random_options(rng, rng.choice([0, 0, 1, 2]), bad):
        if row[3]:
            environment[rng.choice(row[3])] = value or rng.choice(["", "yes", "no", "1"])
    argv = random_argv(rng, rng.choice([0, 1, 1, 2, 3]), bad)
    return Case("mixed", [*argv, "job.sh", *rng.choice([[], [], ["-n", "3"], ["--", "a b"]])], environment, script_with(lines, rng))


def same_option_case(rng):
    """One option (and its rivals) from several sources."""
    families = [["mem", "mem-per-cpu", "mem-per-gpu"], ["requeue", "no-requeue"], ["exclusive", "oversubscribe"], ["mail-type"],
                ["hint", "threads-per-core", "ntasks-per-core", "extra-node-info"], ["core-spec", "thread-spec"], ["array"], ["switches"],
                ["dependency"], ["ntasks-per-gpu", "ntasks-per-tres", "gpus-per-task", "gpus-per-socket", "ntasks-per-node"],
                ["extra-node-info", "sockets-per-node", "cores-per-socket", "threads-per-core"], ["kill-on-invalid-dep"], ["hold", "priority"],
                ["signal"], ["get-user-env", "export"], ["gres-flags", "spread-job", "use-min-nodes"], ["no-kill"], ["mem-bind"],
                ["nodes", "ntasks", "nodelist", "ntasks-per-node", "distribution"], ["cpu-freq"], ["gpu-bind", "gpu-freq"], ["time"],
                ["nice"], ["chdir", "output", "error", "input"], ["verbose", "quiet"], ["cpus-per-task", "mincpus"], ["ignore-pbs"],
                ["tasks-per-node", "ntasks-per-node"], ["overcommit"], ["gres", "gpus-per-node"], ["gres-flags"],
                ["cpus-per-task", "cpus-per-gpu", "tres-per-task", "gpus-per-task"], ["nodes", "segment"], ["distribution", "nodes"],
                ["exclude", "exclusive", "oversubscribe"], ["wait-all-nodes"], ["job-name"], ["profile"], ["power"]]
    family = rng.choice([family for family in families if any(name in NAMES for name in family)])
    rows = [row for row in TABLE if row[0] in family]
    lines, argv, environment = [], [], {}
    for _ in range(rng.choice([2, 2, 3, 4])):
        row = rng.choice(rows)
        value = draw_value(row, rng, 0.03)
        place = rng.choice(["script", "line", "environment"])
        if place == "environment" and row[3]:
            environment[rng.choice(row[3])] = value if value is not None else rng.choice(["", "yes", "no", "0", "1"])
        elif place == "script":
            lines.append(directive_line(option_words(row, value, "long", rng), rng))
        else:
            argv += option_words(row, value, rng.choice(["long", "short"]), rng)
    if "switches" in family and rng.random() < 0.8:
        if rng.random() < 0.3:
            lines, argv = [], []
        environment[rng.choice(["SBATCH_REQ_SWITCH", "SBATCH_WAIT4SWITCH"])] = rng.choice(["1", "2", "5", "1:00"])
    if "dependency" in family or "mail-type" in family:
        lines.append("#SBATCH --comment=x")
    if rng.random() < 0.2:
        environment[rng.choice(["SLURM_DIST_PLANESIZE", "SLURM_EXIT_ERROR", "SLURM_JOB_NAME", "SLURM_NTASKS"])] = rng.choice(["2", "7", "x", "0"])
    return Case("rivals", [*argv, "job.sh"], environment, script_with(lines, rng))


def cluster_case(rng):
    """Clusters of letters, attached values, --, unknown and ambiguous options."""
    kind = rng.randrange(6)
    if kind == 0:
        flags = "".join(rng.sample("HOsvk", rng.randint(1, 4)))
        tail = rng.choice(["", "n2", "t5", "Jx", "a1-3", "N", "c", "p=x", "n=4", "koff"])
        return Case("cluster", ["-" + flags + tail, *rng.choice([[], ["3"]]), "job.sh"])
    if kind == 1:
        return Case("unknown", [*random_argv(rng, rng.choice([0, 1]), 0), rng.choice(UNKNOWN), *random_argv(rng, rng.choice([0, 1]), 0.3), "job.sh"])
    if kind == 2:
        return Case("dashes", [*random_argv(rng, 1, 0), "--", *rng.choice([["job.sh"], ["job.sh", "-J", "x"], [], ["-J"], ["--"]])])
    if kind == 3:
        name = rng.choice(NAMES + HIDDEN)
        return Case("prefix", ["--" + name[: rng.randint(1, len(name))] + rng.choice(["", "=1", "=x"]), rng.choice(["job.sh", "1"]), "job.sh"])
    if kind == 4:
        row = rng.choice([row for row in TABLE if row[2] == "r"])
        return Case("no value", [*random_argv(rng, rng.choice([0, 1]), 0), "--" + row[0]])
    row = rng.choice([row for row in TABLE if row[2] == "o"])
    return Case("optional", ["--" + row[0], *rng.choice([[], [rng.choice(row[4])]]), "job.sh"])


def raw_directive_case(rng):
    """Lines that nobody should write: quotes, comment signs, words that run over lines."""
    def word():
        letters = "ab12 #'\"\\=-:,\t" + rng.choice(string.ascii_letters)
        return "".join(rng.choice(letters) for _ in range(rng.randint(1, 8)))
    lines = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        start = rng.choice(["#SBATCH ", "#SBATCH ", "#SBATCH ", "#SBATCH", "##SBATCH ", "# SBATCH ", "#SLURM ", "#SBATCHX ", "#SBATCH\t", " #SBATCH "])
        body = rng.choice([
            "--comment=" + word(), "--comment " + word(), "-J" + word(), "-J " + word(), "--comment", "-J", word(), '--comment="' + word() + '"',
            "--comment='" + word() + "' -t 5", "-t 5 -J x # why", "-t 5 # -J x", '-J "a b" -t "5"', "-J a\\ b", '""  -t 5', '-J "" -t 5',
            "-J x;", "--job-name = x", "--job-name =x", "-J=x", "--time=5 --wrap=x --help -V -Q -v", "x", ": -t 5", "-t 5 : -t 6", "--",
            "-- -t 5", "-t 5 --", "--comment=A#B -n 3", "--comment=A\\#B -n 3", "-n3 -N2 -t5", "--comm=x", "--ti=5", "--bogus", "-y",
            "--time", "-t", "hetjob", "-t5 hetjob -n2", "packjobs", "-J hetjob -t5", "--begin=now -J 'x", '-J "x', "--hold -Hs", "\\", "-J \\",
            "--nice -5", "--nice=-5", "--exclusive user", "--parsable", "-t 5;-n 2", "-J x &", "$OPTIONS", "-J $USER", "`x`", "-p a,b -n 2,",
            "--wait", "-a 1-3", "--array 0-3%2", "--test-only", "-J é", "--gres = gpu:1", "-o out -e err", "\f-t 5", "-t\v5", "-t\r5",
        ])
        lines.append(start + body)
    environment = {"SLURM_EXIT_ERROR": rng.choice(["7", "0", "x", "-3", "300"])} if rng.random() < 0.2 else {}
    return Case("raw", ["job.sh"], environment, script_with(lines, rng))


def other_system_case(rng):
    """#PBS and #BSUB lines, known, unknown and mixed with #SBATCH."""
    pbs = ["-N name", "-q fast", "-l walltime=1:00:00", "-l nodes=2:ppn=4", "-l nodes=1:ppn=2,walltime=30:00", "-l mem=4gb", "-l mem=4GB,ncpus=2",
           "-A acct", "-o out", "-e err", "-j oe", "-m abe", "-m n", "-m x", "-M a@b", "-V", "-v A=1,B=2", "-v X", "-t 1-3", "-J 1-5:2", "-a now",
           "-h", "-p 10", "-r n", "-S /bin/bash", "-W umask=022", "-W depend=afterok:1", "-W x=y", "-W umask=9999", "-z", "-I", "-k oe", "-c n",
           "-C x", "-u me", "-l select=2:ncpus=8:mpiprocs=4", "-l select=2:ncpus=4:mpiprocs=8:mem=3gb", "-l nodes=n1+n2", "-l nodes=n1:ppn=2+n3",
           "-l nodes=2:gpus=1", "-l cput=60", "-l pcput=5", "-l file=5gb", "-l nice=4", "-l proc=intel", "-l naccelerators=2", "-l accelerator=true",
           "-l walltime=x", "-l mem=x", "-l mem=", "-l pmem=1gb,vmem=2gb", "-l software=a", "-l other", "-l place=free", "-l arch=x,host=y,opsys=z",
           "x", "-x", "-N", "--job_name=y", "--start_time now", "--walltime=5", "-q", "-N 'a b'", "-N a#b", "-", "--", "-Nx", "-hN x", "-qx -Ny",
           "-l nodes=4", "-l ncpus=x", "-l nodes=", "-p 1x", "--hold", "--join", "-m e -m b", "-l walltime=", "-v"]
    bsub = ["-J name", "-q fast", "-W 60", "-W 1:30", "-n 4", "-n 2,4", "-n 2,", "-n x", "-M 1000", "-M 1G", "-o out", "-e err", "-cwd /tmp",
            "-c /tmp", "-m n1", "-m 'n1 n2'", "-x", "-R x", "-P acct", "-J 'a[1-3]'", "x", "-i in", "--job_name=y", "-Jx", "-J", "-xq fast",
            "-W x", "--time 5", "-q", "-cwd", "--exclusive -n 2", "-n 4 -cwd /tmp", "-x -cwd /tmp", "-M x"]
    lines = []
    mark = rng.choice(["PBS", "PBS", "BSUB"])
    for _ in range(rng.choice([1, 1, 2, 3])):
        lines.append(f"#{mark}{rng.choice([' ', ' ', '  ', ''])}{rng.choice(pbs if mark == 'PBS' else bsub)}{rng.choice(['', '', ' # x'])}")
    if rng.random() < 0.4:
        lines.insert(rng.randrange(len(lines) + 1), "#SBATCH " + rng.choice(["-J own", "-t 5", "--mail-type=END", "--export=A", "-C x", "--gres=gpu:1", "--mem=1G"]))
    if rng.random() < 0.15:
        lines.append(rng.choice(["#BSUB -J other", "#PBS -N other", "#BSUB", "#PBS"]))
    after = "\n".join(["#!/bin/sh", "true", *["echo x"] * rng.choice([5, 98, 99, 100, 101, 120]), *lines, ""]).encode()
    environment = rng.choice([{}, {}, {}, {}, {"SBATCH_IGNORE_PBS": rng.choice(["", "yes", "no", "0", "1"])}, {"SLURM_EXIT_ERROR": "9"}])
    argv = rng.choice([["job.sh"]] * 5 + [["--ignore-pbs", "job.sh"], ["-J", "cli", "job.sh"]])
    return Case("pbs", argv, environment, after if rng.random() < 0.15 else script_with(lines, rng))


def script_case(rng):
    """What sbatch looks at before it has a job: the script's name and bytes."""
    script = rng.choice([b"", b" ", b"\n\n", b"\t\r\n ", b"#", b"#!", b"#!\n", b"echo\n", b"\n#!/bin/sh\n", b" #!/bin/sh\n", b"#!/bin/sh",
                         b"#!/bin/sh\0\n", b"#!/bin/sh\ntrue\0\n", b"\0", b"\n\0#!/bin/sh", b"#!/bin/sh\r\ntrue\r\n", b"#!/bin/sh\ntrue\r\n",
                         b"#!/bin/sh\rtrue\n", b"\r\n", b"#!/bin/sh\n#SBATCH -t5\r\n", b"#!/bin/sh\0\r\n", b"\xef\xbb\xbf#!/bin/sh\n",
                         b"#!/bin/sh\n#SBATCH -J \xe9\n", b"\x0b\x0c", b"#SBATCH -t 5\n", b"#!/bin/sh\n#SBATCH -J x\r-t 5\n", b"x\0", b"#!/bin/sh\n\r\r\n"])
    kind = rng.randrange(8)
    argv = random_argv(rng, rng.choice([0, 0, 1]), 0.2)
    environment = {"SLURM_EXIT_ERROR": rng.choice(["7", "0", "x", "256"])} if rng.random() < 0.3 else {}
    if rng.random() < 0.2:
        environment["SBATCH_TIMELIMIT"] = rng.choice(["x", "5"])
    if kind == 0:
        return Case("stdin", argv, environment, None, rng.choice([script, SHELL + b"#SBATCH -t 7\ntrue\n", b""]))
    if kind == 1:
        return Case("wrap", [*argv, rng.choice(["--wrap=true", "--wrap=", "--wrap=#SBATCH -t 5"]), *rng.choice([[], [], ["job.sh"], ["--"], ["--", "x"]])], environment)
    if kind == 2:
        return Case("missing", [*argv, rng.choice(["nope.sh", "./nope.sh", "/nope.sh", "sub", "./sub", "dir/nope", "", ".", "-", "sub/deep.sh", "./job.sh", "../job.sh"])], environment)
    if kind == 3:
        return Case("look-up", ["-D", rng.choice(["sub", "/tmp", "nope"]), rng.choice(["deep.sh", "job.sh", "./deep.sh", "ls"])], environment)
    return Case("bytes", [*argv, rng.choice(["job.sh", "./job.sh"])], environment, script)


def mutated_case(rng):
    """A known value with a character or two changed: nobody thought of it."""
    row = rng.choice([row for row in TABLE if row[5] and row[0] not in ("array", "uid", "gid")])
    value = rng.choice(row[4] + row[5])
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randint(0, len(value))
        letter = rng.choice("0123456789" + "-:@,.=*;/ +_" + "BRTkmgxae" + value + value.swapcase())
        value = rng.choice([value[:at] + letter + value[at:], value[:at] + value[at + 1 :], value[:at] + letter + value[at + 1 :],
                            value + rng.choice([",", ":", "-"]) + rng.choice(row[4] + row[5])])
    if row[3] and rng.random() < 0.3:
        return Case(f"mutated {row[0]}", ["job.sh"], {rng.choice(row[3]): value})
    return Case(f"mutated {row[0]}", [f"--{row[0]}={value}", "job.sh"])


def het_case(rng):
    return Case("het", rng.choice([["-n1", ":", "-n2", "job.sh"], [":", "job.sh"], ["-n1", "job.sh", ":", "x"], ["-t5", ":", "-n", "x", "job.sh"], ["--wrap=x", ":", "-n2"]]))


def array_case(rng):
    """--array by its grammar and beyond it. Nothing else that the controller could mind first."""
    spec = "".join(rng.choice(["1", "2", "5", "10", "0", "-", "-", ",", ",", ":", "%", "[", "]", " ", "+", "x"]) for _ in range(rng.randint(1, 6)))
    return Case("array", ["-a", spec, "job.sh"])


def generate(seed, count, release):
    """@param release (year, month) of the sbatch that is asked."""
    global TABLE, NAMES
    TABLE = table_of(release)
    NAMES = [row[0] for row in TABLE]
    rng = random.Random(seed)
    forms = list(form_cases(rng))
    values = list(every_value())
    rng.shuffle(values)
    if len(forms) > count * 0.6:
        rng.shuffle(forms)
        forms = forms[: int(count * 0.6)]
    values = values[: int((count - len(forms)) * 0.3)]
    cases = forms + values
    makers = [mixed_case] * 5 + [same_option_case] * 4 + [raw_directive_case] * 3 + [cluster_case] * 2 + [other_system_case] * 2 + [script_case] * 2
    makers += [mutated_case] * 4 + [array_case] + [het_case] * (rng.random() < 0.3)
    while len(cases) < count:
        cases.append(rng.choice(makers)(rng))
    return cases
