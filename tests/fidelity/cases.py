"""Calls whose tasks must not be able to tell that they were merged: by hand for what people do, and generated mixes of it."""
import random
import shlex

PROBE = "@PROBE@"  # replaced by the path of the compiled probe
OUT = "@OUT@"      # the folder of the reports


class Call:
    """One sbatch call: `before` are shell words that prepare it, `words` stand behind sbatch, `body` is the script."""

    def __init__(self, key, words, body=None, before="", name=None, stdin=False, prefix="", expect=None, where=""):
        self.key, self.words, self.body, self.before = key, list(words), body, before
        self.name = name or f"{key}.sh"
        self.stdin, self.prefix, self.where = stdin, prefix, where
        self.expect = expect  # tasks: None means "as the real sbatch made them"

    def shell(self, work):
        words = " ".join(w if w.startswith("@@") else shlex.quote(w) for w in self.words).replace("@@", "")
        folder = f"cd {shlex.quote(work + '/' + self.where)} || exit\n" if self.where else ""
        feed = f" < {shlex.quote(work + '/scripts/' + self.name)}" if self.stdin else ""
        return f"( {folder}{self.before}\n{self.prefix} sbatch --parsable {words}{feed} > {work}-answers/{self.key} 2>&1 </dev/null )\n".replace(
            " 2>&1 </dev/null", " 2>&1" if self.stdin else " 2>&1 </dev/null")


def bash_body(key, extra="", shebang="#!/bin/bash", final="\n"):
    return f"{shebang}\n{PROBE} {OUT}/{key} \"$@\"\necho out {key} \"$#\"\necho err {key} >&2\n{extra}{final}"


def file_call(key, options=(), arguments=(), work="@WORK@", **more):
    body = more.pop("body", None) or bash_body(key, more.pop("extra", ""))
    return Call(key, [*options, f"{work}/scripts/{key}.sh", *arguments], body, **more)


HOSTILE = ["", " ", "a b", "-J", "--foo=bar", "$HOME `id` $(id)", "'", '"', "\\", "\\n", "*", "?", "[a-z]", "~", "a\tb", "a\nb", "\n",
           "é", "日本", "\x01\x7f", "!", "#", ";", "&&", "|", ">x", "{a,b}", "%j", "%%", "-", "--", "a" * 3000, "\\0101", "\\-", "\\c", "=", "=~"]


def by_hand():
    calls = [
        file_call("plain", [], ["a", "b c"]),
        file_call("array", ["--array=0-2"], ["x"]),
        file_call("odd_array", ["--array=7,3,9-11:2"]),
        file_call("one_task", ["--array=5"]),
        file_call("stepped", ["--array=1-7:3"]),
        file_call("hostile", [], HOSTILE),
        file_call("colon", [], ["a", ":", "b:", ":"]),
        file_call("no_newline", body=bash_body("no_newline", 'cksum <"$0"; echo last', final="")),
        file_call("many_newlines", body=bash_body("many_newlines", 'cksum <"$0"') + "\n\n\n"),
        file_call("binary_tail", body=bash_body("binary_tail", 'cksum <"$0"; exit 0\n') + "".join(chr(i) for i in range(1, 256) if i != 13)),
        file_call("self_reading", body=bash_body("self_reading", 'sed -n "s/^#data //p" "$0"; (exec 3>&- 255>&-; head -c 11 "$0")\n#data here\n')),
        file_call("large", body=bash_body("large", 'cksum <"$0"; exit 0\n') + "# filler\n" * 120000),
        file_call("shell_flags", body="#!/bin/bash -eu\n" + bash_body("shell_flags", 'echo "$- $SHLVL $BASHPID" | sed "s/ [0-9]*$//"\nfalse\necho never\n')[12:]),
        file_call("functions", body=bash_body("functions", 'f() { echo "f $1 $#"; shift; echo "$1"; }\nf a b "c d"\nshift; echo "$1"\n'), arguments=["1", "2"]),
        Call("sh", ["@WORK@/scripts/sh.sh", "q"], f"#!/bin/sh\n{PROBE} {OUT}/sh \"$@\"\necho done\n"),
        Call("python", ["@WORK@/scripts/python.sh", "p q"], f"#!/usr/bin/env python3\nimport os, sys, subprocess\nsubprocess.call(['{PROBE}', '{OUT}/python', *sys.argv[1:]])\n"
             "print(open(sys.argv[0]).readline().strip(), len(sys.path))\nprint(os.environ.get('_'))\n"),
        Call("perl", ["@WORK@/scripts/perl.sh"], f"#!/usr/bin/perl -w\nsystem('{PROBE}', '{OUT}/perl', @ARGV); print \"perl\\n\";\n"),
        Call("env_s", ["@WORK@/scripts/env_s.sh", "x"], f"#!/usr/bin/env -S python3 -u -B\nimport subprocess, sys\nsubprocess.call(['{PROBE}', '{OUT}/env_s', *sys.argv[1:], sys.flags.dont_write_bytecode and 'B'])\n"),
        Call("raw", ["@WORK@/scripts/raw.sh", "r s", ""], f"#!{PROBE} {OUT}/raw\nnot read\n"),
        Call("raw_spaces", ["@WORK@/scripts/raw_spaces.sh"], f"#! \t{PROBE} \t {OUT}/raw_spaces  \t \n"),
        Call("no_interpreter", ["@WORK@/scripts/no_interpreter.sh"], "#!/nonexistent/python -u x \necho\n", expect=[]),
        Call("wrap", ["--wrap", f"{PROBE} {OUT}/wrap; echo $0 | sed 's:.*/::' >/dev/null; echo \"a  b\""]),
        Call("stdin", [], bash_body("stdin"), stdin=True),
        Call("stdin_array", ["--array=4-5", "-J", "named"], bash_body("stdin_array"), stdin=True),
        file_call("variables", before="export A=1 EMPTY= MULTI=$'a\\nb\\tc\\001' Q=\"it's \\\"q\\\" \\$x \\\\n\"; unset HOME; f() { echo hi; }; export -f f"),
        file_call("prefix", prefix="LR=0.1"),
        file_call("odd_names", prefix="env 'a.b=1' 'E%%=2' 'x~y=3' '1=4' 'é=5' UID=77 RANDOM=5 IFS=x SHELLOPTS=braceexpand LC_ALL=xx_YY PS4=p POSIXLY_CORRECT=1 _=/odd"),
        file_call("empty_environment", prefix="env -i PATH=\"$PATH\" SLURM_CONF=\"$SLURM_CONF\" SARRAY_SESSION=\"$SARRAY_SESSION\" SARRAY_STATE_DIR=\"$SARRAY_STATE_DIR\""),
        file_call("no_shlvl", before="unset SHLVL OLDPWD"),
        file_call("leaked", before="export SLURM_NTASKS=17 SLURM_MEM_PER_NODE=123 SLURM_ARRAY_TASK_ID=99 SLURM_ARRAY_JOB_ID=98 SLURM_RESTART_COUNT=5 SLURM_FOO=bar SBATCH_COMMENTED=x"),
        file_call("sbatch_variables", before="export SBATCH_JOB_NAME=fromenv SBATCH_NOTHING=1"),
        file_call("tmpdir", before="export TMPDIR=/var/tmp"),
        file_call("bash_env", before="export BASH_ENV=@WORK@/scripts/bash_env.rc ENV=@WORK@/none"),
        file_call("umask", before="umask 027"),
        file_call("umask_private", ["-o", "private.out", "-e", "private.err"], before="umask 077", where="d1"),
        file_call("limits", before="ulimit -S -n 512; ulimit -S -c 0; ulimit -S -s 4096"),
        file_call("other_folder", where="d1"),
        file_call("blank_folder", where="d 2", extra="pwd; echo \"$SLURM_SUBMIT_DIR\""),
        file_call("linked_folder", where="link", extra="pwd; pwd -P"),
        file_call("chdir", ["-D", "d1", "-o", "in_d1.out"]),
        file_call("chdir_missing", ["-D", "/nonexistent/x", "-o", "@WORK@/chdir_missing.out"]),
        file_call("chdir_file", ["-D", "@WORK@/scripts/plain.sh", "-o", "@WORK@/chdir_file.out"]),
        file_call("name", ["-J", "a name/with %j"], extra="echo \"$SLURM_JOB_NAME\""),
        file_call("empty_name", ["-J", ""]),
        file_call("out_local", ["--array=3-4", "-o", "local_%a.txt"]),
        file_call("out_pair", ["--array=3-4", "-o", "logs/%A_%a.txt"]),
        file_call("out_name", ["-J", "nm", "-o", "logs/%x-%j.txt", "-e", "logs/%x-%j.err"]),
        file_call("out_same", ["-o", "both.txt", "-e", "both.txt"]),
        file_call("out_same_late", ["-o", "logs/b-%j", "-e", "logs/b-%j"]),
        file_call("out_error_only", ["-e", "only.err"]),
        file_call("out_plain_a", ["-o", "plain_%a.txt"]),
        file_call("out_plain_A", ["-o", "plain_%A.txt"]),
        file_call("out_widths", ["--array=3-4", "-o", "w_%5a_%%_%4j_%u_%q%.txt"]),
        file_call("out_backslash", ["-o", "back\\%j.txt"]),
        file_call("out_null", ["-o", "/dev/null", "-e", "none"]),
        file_call("out_existing", ["-o", "existing.txt"]),
        file_call("out_append", ["-o", "appended.txt", "--open-mode=append"]),
        file_call("out_truncate", ["-o", "truncated.txt", "--open-mode=truncate"]),
        file_call("out_link", ["-o", "link.txt"]),
        file_call("out_missing_folder", ["-o", "nowhere/x.txt"], expect=[]),
        file_call("out_missing_late", ["-o", "late/%j/x/%j.txt", "-e", "late/%x.d/y.txt"], before="umask 002", expect=[]),
        file_call("in_file", ["-i", "input.txt"], extra="cat"),
        file_call("in_missing", ["-i", "no_such_input", "-o", "in_missing.txt"], expect=[]),
        file_call("exit_3", extra="exit 3\n"),
        file_call("killed", extra="kill -9 $$\n"),
        file_call("terminated", extra="kill -TERM $$; sleep 1\n"),
        file_call("trapped", extra="trap 'echo bye' EXIT; exit 4\n"),
        file_call("children", extra="(sleep 0.1; echo late) & wait\n"),
        file_call("exec_other", extra="exec /bin/sh -c 'echo other; exit 5'\n"),
    ]
    exports = [
        Call("export_lr", ["--export=ALL,LR=0.1", "@WORK@/scripts/export_lr.sh"], bash_body("export_lr")),
        Call("export_lr2", ["--export=ALL,LR=0.2,EXTRA='a,b'", "@WORK@/scripts/export_lr2.sh"], bash_body("export_lr2")),
        Call("export_none", ["--export=NONE", "@WORK@/scripts/export_none.sh"], bash_body("export_none"), before="export FOO=1"),
        Call("export_list", ["--export=FOO,BAR=x=y,NOSUCH", "@WORK@/scripts/export_list.sh"], bash_body("export_list"), before="export FOO=1"),
        Call("export_empty", ["--export=", "@WORK@/scripts/export_empty.sh"], bash_body("export_empty")),
        Call("export_all", ["--export=all", "@WORK@/scripts/export_all.sh"], bash_body("export_all"), before="export FOO=2"),
        Call("export_env", ["@WORK@/scripts/export_env.sh"], bash_body("export_env"), before="export SBATCH_EXPORT=FOO FOO=3"),
        Call("export_file", ["--export-file=@WORK@/environment.nul", "@WORK@/scripts/export_file.sh"], bash_body("export_file")),
    ]
    return calls + exports


def generated(seed, tasks):
    """Mixes: each call draws its environment, folder, umask, options, interpreter, body and outputs."""
    dice = random.Random(seed)
    calls, made = [], 0
    while made < tasks:
        key = f"g{seed}_{len(calls)}"
        before, options, extra = [], [], []
        for _ in range(dice.randrange(4)):
            value = dice.choice([str(dice.randrange(9999)), dice.choice(HOSTILE), ""])
            before.append(f"export V{dice.randrange(6)}={shlex.quote(value)}")
        if dice.random() < 0.2:
            before.append("unset " + dice.choice(["HOME", "LANG", "TERM", "SHLVL", "OLDPWD", "V1", "USER"]))
        if dice.random() < 0.2:
            before.append(f"umask {dice.choice(['022', '027', '077', '002'])}")
        if dice.random() < 0.15:
            before.append(f"ulimit -S -n {dice.choice([256, 512, 900])}")
        count = 1
        if dice.random() < 0.5:
            spec, count = dice.choice([("0-1", 2), ("3", 1), ("2,5,9", 3), ("1-7:3", 3), ("0-3", 4)])
            options.append(f"--array={spec}")
        if dice.random() < 0.3:
            options += ["-J", dice.choice(["train", "a b", "n%d" % dice.randrange(5)])]
        if dice.random() < 0.5:
            pattern = dice.choice([f"logs/{key}_%a.o", f"{key}-%j.o", f"logs/%x.{key}.%A_%a", f"{key}.%4a.%u", "/dev/null", f"logs/{key}_%J"])
            if count == 1 or "%" in pattern:
                options += ["-o", pattern]
            if dice.random() < 0.4:
                options += ["-e", f"logs/{key}_%a.e"]
        if dice.random() < 0.1:
            options += ["-D", dice.choice(["@WORK@/d1", "d 2"])]
        if dice.random() < 0.15:
            options += ["--open-mode", dice.choice(["append", "truncate"])]
        if dice.random() < 0.2:
            extra.append(f"exit {dice.randrange(1, 120)}")
        arguments = [dice.choice(HOSTILE) for _ in range(dice.randrange(4))]
        where = dice.choice(["", "", "d1", "d 2", "link"])
        prefix = f"env {shlex.quote('o.%d=%d' % (dice.randrange(3), dice.randrange(9)))}" if dice.random() < 0.1 else ""
        kind = dice.choice(["bash", "bash", "bash", "sh", "raw", "python", "stdin", "wrap"])
        common = dict(before="; ".join(before), where=where, prefix=prefix)
        script = f"@WORK@/scripts/{key}.sh"
        body = bash_body(key, "\n".join(extra))
        if kind == "sh":
            body = body.replace("#!/bin/bash", "#!/bin/sh")
        elif kind == "raw":
            body = f"#!{PROBE} {OUT}/{key}\n"
        elif kind == "python":
            body = f"#!/usr/bin/env python3\nimport subprocess, sys\nsubprocess.call(['{PROBE}', '{OUT}/{key}', *sys.argv[1:]])\nprint('py')\n"
        if kind == "stdin":
            calls.append(Call(key, options, body, stdin=True, **common))
        elif kind == "wrap":
            calls.append(Call(key, [*options, "--wrap", f"{PROBE} {OUT}/{key}"], **common))
        else:
            calls.append(Call(key, [*options, script, *arguments], body, **common))
        made += count
    return calls
