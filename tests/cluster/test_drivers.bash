#!/usr/bin/env bash
# Programs of many kinds that call sbatch, each alone and under `sarray run`, on a real Slurm: what they captured, printed and returned is
# the same, and so is what their jobs did; and they are one array.
# run: 60
set -euo pipefail
. "$(dirname "$(readlink -f -- "$0")")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash LC_ALL=C.UTF-8
mkdir "$HOME" results
cat >job.sh <<'END'
#!/bin/bash
#SBATCH -o results/%x.out
echo "$SLURM_JOB_NAME: $* ($MARK)"
END

submissions() { sarray history --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["submissions"]))'; }
nothing_runs() { [[ -z $(squeue -h -o %Z | grep -x "$TEST_DIR") ]]; }
# An id is another one each time.
without_ids() { sed -E 's/\b(job|id) [0-9]+\b/\1 ID/g' "$1"; }

# goes KIND COMMAND...: its standard output in KIND.out, its standard error in KIND.err, status and results in KIND.seen
goes() {
  local kind=$1 status=0 run=()
  shift
  rm -f results/*
  [[ $kind == alone ]] || run=(sarray run --)
  # shellcheck disable=SC2016
  "${run[@]}" sh -c 'exec "$@" 2>driver.err' sh "$@" >driver.out 2>run.err <input || status=$?
  wait_until "$kind: nothing is left of: $*" nothing_runs
  { echo "status $status"; without_ids driver.out; echo ---; without_ids driver.err; echo ---; head results/*; } >"$kind.seen"
}

kinds=0
# same NAME CALLS COMMAND...
same() {
  local name=$1 calls=$2 before
  shift 2
  goes alone "$@"
  assert_eq "$calls" "$(find results -name '*.out' | wc -l)" "$name alone: $(cat alone.seen)"
  before=$(submissions)
  goes merged "$@"
  assert_eq "$(cat alone.seen)" "$(cat merged.seen)" "$name: alone, and under sarray run: $(cat run.err)"
  assert_eq 1 $(($(submissions) - before)) "$name: submissions: $(cat run.err)"
  kinds=$((kinds + 1))
}
printf '%s\n' one two three >input
cp job.sh one && cp job.sh two && cp job.sh three
export MARK=from-the-environment

# --- make, parallel, xargs ----------------------------------------------------------------------------------------
cat >Makefile <<'END'
parsed := $(shell sbatch -J parsed job.sh a | awk '{print $$1, $$2, $$3}')
names := x y z
.PHONY: all $(names)
all: $(names)
	@echo "parsed: $(parsed)"
$(names):
	@id=$$(MARK=$@ sbatch --parsable -J $@ job.sh "made $@") && [ "$$id" -gt 0 ] && echo "$@" >>made
	@sbatch -J $@.again job.sh >/dev/null
END
same 'make -j' 7 make -s -j 3
same 'parallel' 3 parallel -j 3 -k -a input sbatch -J {} job.sh {} 'a b'
same 'xargs -P' 3 sh -c 'xargs -P 3 -I{} sbatch -J {} job.sh {} | sort'
same 'xargs' 3 xargs -n 1 sbatch

# --- Perl ---------------------------------------------------------------------------------------------------------
cat >driver.pl <<'END'
use strict; use warnings; use IPC::Open3;
my $said = `sbatch -J backticks job.sh "a 'quoted' word"`;
print "said: $said", "status: $?\n", "captured an id: ", ($said =~ /^Submitted batch job (\d+)$/ ? "yes" : "no"), "\n";
print "system: ", system("sbatch", "-Q", "-J", "list", "job.sh", "two words", ""), "\n";
open(my $pipe, "|-", "sbatch", "-J", "pipe", "-o", "results/%x.out") or die;
print $pipe "#!/bin/bash\necho from a pipe \$MARK\n";
print "closed: ", (close($pipe) ? 1 : 0), "\n";
open(my $lines, "-|", "sbatch --parsable -J lines job.sh") or die;
print "lines: ", scalar(my @all = <$lines>), "\n";
close($lines);
my $pid = open3(my $in, my $out, undef, "sbatch", "-J", "open3", "job.sh");
close($in); print "open3: ", <$out>; waitpid($pid, 0); print "ended: ", $? >> 8, "\n";
system("sbatch", "no-such-file.sh");
print "failed: ", $? >> 8, "\n";
$| = 1;
exec("sbatch", "-J", "exec", "job.sh");
END
same Perl 6 perl driver.pl

# --- Node ---------------------------------------------------------------------------------------------------------
cat >driver.js <<'END'
const { execFileSync, execSync, spawnSync, spawn, exec } = require('child_process');
const { promisify } = require('util');
console.log('file:', execFileSync('sbatch', ['-J', 'file', 'job.sh', 'a b', '$MARK']).toString());
console.log('shell:', /^\d+\n$/.test(execSync('sbatch --parsable -J shell job.sh').toString()));
const piped = spawnSync('sbatch', ['-J', 'piped', '-o', 'results/%x.out'], { input: '#!/bin/sh\necho piped $MARK\n', env: { ...process.env, MARK: 'node' } });
console.log('piped:', piped.status, piped.signal, piped.stdout.toString(), piped.stderr.toString());
try { execFileSync('sbatch', ['no-such-file.sh'], { stdio: 'pipe' }); } catch (error) { console.log('failed:', error.status, error.stderr.toString()); }
(async () => {
  const said = await Promise.all(['p1', 'p2', 'p3'].map((name) => promisify(exec)(`sbatch -J ${name} job.sh ${name}`)));
  console.log('at once:', said.map((one) => one.stdout + one.stderr).join(''));
  const child = spawn('sbatch', ['-J', 'inherits', 'job.sh'], { stdio: 'inherit' });
  child.on('exit', (code, signal) => { console.log('ended:', code, signal); });
})();
END
same Node 7 node driver.js

# --- Python -------------------------------------------------------------------------------------------------------
cat >driver.py <<'END'
import asyncio, concurrent.futures, os, re, shutil, subprocess, sys
def show(name, value): print(name + ":", value, flush=True)
run = lambda *words, **more: subprocess.run(words, capture_output=True, text=True, **more)
show("list", run("sbatch", "-J", "list", "job.sh", "a b", "", "$MARK"))
show("shell", subprocess.check_output("sbatch -J shell job.sh 'a b' | cut -d ' ' -f 1-3", shell=True, text=True))
popen = subprocess.Popen(["sbatch", "-J", "stdin", "-o", "results/%x.out"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
show("stdin", (popen.communicate("#!/bin/bash\necho from stdin $MARK\n")[0], popen.returncode))
show("env", run("sbatch", "-J", "env", "job.sh", env={"PATH": os.environ["PATH"], "MARK": "own", "SLURM_CONF": os.environ["SLURM_CONF"]}).stdout)
show("absolute", run(shutil.which("sbatch"), "-J", "absolute", "job.sh").stdout)
show("system", os.waitstatus_to_exitcode(os.system("sbatch -J system job.sh")))
show("popen", os.popen("sbatch --parsable -J popen job.sh").read().strip().isdigit())
read, write = os.pipe()
spawned = os.posix_spawnp("sbatch", ["sbatch", "-J", "spawn", "job.sh"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)])
os.close(write)
show("posix_spawn", (os.read(read, 1000), os.waitpid(spawned, 0)[1]))
show("folder", run("sbatch", "-J", "folder", "-D", os.getcwd(), "../job.sh", cwd="results").stdout)
show("no such file", run("sbatch", "no-such-file.sh"))
show("no such option", run("sbatch", "--no-such-option", "job.sh").returncode)
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    answers = list(pool.map(lambda i: run("sbatch", "--parsable", "-J", f"thread{i}", "job.sh", str(i)).stdout, range(6)))
show("threads", (len(set(answers)), all(re.fullmatch(r"\d+\n", one) for one in answers)))
async def at_once():
    process = await asyncio.create_subprocess_exec("sbatch", "-J", "async", "job.sh", stdout=subprocess.PIPE)
    return (await process.communicate())[0].decode()
show("asyncio", asyncio.run(at_once()))
sys.stdout.flush()
os.execvp("sbatch", ["sbatch", "-J", "last", "job.sh"])
END
same Python 17 python3 driver.py

# --- Tcl, awk, and shells -------------------------------------------------------------------------------------------
cat >driver.tcl <<'END'
puts "exec: [exec sbatch -J exec job.sh {a b}]"
puts "pipe: [exec printf "#!/bin/sh\necho tcl\n" | sbatch -J pipe -o results/%x.out]"
set channel [open "|sbatch --parsable -J channel job.sh"]
puts "channel: [string is integer -strict [gets $channel]]"
close $channel
puts "failed: [catch {exec sbatch no-such-file.sh} said] $said"
END
same Tcl 3 tclsh driver.tcl
same awk 3 awk '{ command = "sbatch -J awk" NR " job.sh " $1; command | getline said; close(command); print said }' input
cat >driver.sh <<'END'
while read -r line; do sbatch -J "$line" job.sh "$line" </dev/null; done
sbatch -J heredoc -o results/%x.out <<'E'
#!/bin/bash
echo heredoc
E
sbatch --wrap 'echo wrapped' -J wrap -o results/%x.out; echo "status $?"
id=$(sbatch --parsable -J captured job.sh) && echo "id $id"
sbatch no-such-file.sh; echo "status $?"
exit 0
END
for shell in bash dash zsh; do same "$shell" 6 "$shell" driver.sh; done
echo "$kinds kinds of drivers are the same alone and merged"
