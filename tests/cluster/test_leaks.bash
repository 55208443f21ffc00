#!/usr/bin/env bash
# Nothing that a session's programs submit goes past it unseen, on a real Slurm: each way of calling sbatch is recorded, or fails with our
# words, or its job is named when the session ends. The start-up files of every shell put Slurm's folder first in PATH, as sites do.
# run: 20 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
unset SARRAY_SESSION SLURM_JOB_ID PROMPT_COMMAND LD_PRELOAD
real=$(type -P sbatch)
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state SHELL=/bin/bash REAL=$real SLURM=${real%/*} PATH=${SARRAY%/*}:$PATH
mkdir "$HOME" drivers
printf '#!/bin/bash\necho "ran $1" >>%q/ran\n' "$TEST_DIR" >one.sh

# --- what sites and users have ----------------------------------------------------------------------------
for file in .bashrc .bash_profile .profile .zshenv .zprofile .zshrc; do echo "export PATH=$SLURM:\$PATH" >"$HOME/$file"; done
for file in .cshrc .tcshrc .login; do echo "setenv PATH $SLURM:\$PATH" >"$HOME/$file"; done
mkdir -p "$HOME/.config/fish"
echo "set -gx PATH $SLURM \$PATH" >"$HOME/.config/fish/config.fish"
echo "module() { PATH=$SLURM:\$PATH; }" >module.sh
printf 'all:\n\tPATH=%s:$$PATH; env sbatch one.sh make\n' "$SLURM" >makefile

driver() { # NAME: a script, from standard input
  cat >"drivers/$1"
  chmod +x "drivers/$1"
}
driver csh <<<$'#!/bin/csh\nsbatch one.sh csh'
driver tcsh <<<$'#!/bin/tcsh\nsbatch one.sh tcsh'
driver zsh <<<$'#!/bin/zsh\nsbatch one.sh zsh'
driver fish <<<$'#!/usr/bin/fish\nsbatch one.sh fish'
driver bash-login <<<$'#!/bin/bash -l\nenv sbatch one.sh bash-l\necho one.sh | xargs -n1 sbatch'
driver sh-login <<<$'#!/bin/sh -l\nenv sbatch one.sh sh-l'
driver module <<<$'#!/bin/bash\n. ./module.sh\nmodule load slurm\npython3 -c "import os; os.system(\'sbatch one.sh module\')"'
driver wrapper <<<$'#!/bin/sh\n"$REAL" --job-name=wrapped "$@"'
mkdir bin
cp drivers/wrapper bin/sbatch
cat >exec.c <<'END'
// Executes a program in each way that the C library has: exec KIND PROGRAM [ARGUMENT]
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
extern char** environ;
int main(int count, char** words) {
  char** argv = words + 2;
  char* empty[] = {NULL};
  char command[4096] = "";
  for (int i = 2; i < count; ++i) strcat(strcat(command, " "), words[i]);
  int pid = 0, status = 0;
#define KIND(name) if (strcmp(words[1], name) == 0)
  KIND("execve") execve(argv[0], argv, empty);
  KIND("execv") execv(argv[0], argv);
  KIND("execvp") execvp(argv[0], argv);
  KIND("execvpe") execvpe(argv[0], argv, empty);
  KIND("execl") execl(argv[0], argv[0], argv[1], argv[2], (char*)NULL);
  KIND("execlp") execlp(argv[0], argv[0], argv[1], argv[2], (char*)NULL);
  KIND("execle") execle(argv[0], argv[0], argv[1], argv[2], (char*)NULL, empty);
  KIND("fexecve") fexecve(open(argv[0], O_RDONLY | O_CLOEXEC), argv, environ);
  KIND("execveat") execveat(AT_FDCWD, argv[0], argv, environ, 0);
  KIND("posix_spawn") return posix_spawn(&pid, argv[0], NULL, NULL, argv, empty) != 0 || waitpid(pid, &status, 0) < 0 || status;
  KIND("posix_spawnp") return posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) < 0 || status;
  KIND("system") return system(command) != 0;
  KIND("raw") syscall(SYS_execve, argv[0], argv, environ);  // past every library
  KIND("popen") return pclose(popen(command, "w")) != 0;
  perror(words[1]);
  return 1;
}
END
gcc -o exec exec.c

# --- each row alone, in a session of its own: recorded, and nothing reaches Slurm ----------------------------
# NAME, a tab, the call. REAL is the path of Slurm's sbatch.
rows=$(
  cat <<'END'
csh	drivers/csh
tcsh	drivers/tcsh
zsh	drivers/zsh
zsh -lic	zsh -lic 'sbatch one.sh zsh'
fish	drivers/fish
bash -l script, xargs	drivers/bash-login
sh -l script	drivers/sh-login
bash -l -c	bash -l -c 'env sbatch one.sh'
bash -l -i -c	bash -l -i -c 'env sbatch one.sh' 2>/dev/null
bash -i -c	bash -i -c 'env sbatch one.sh' 2>/dev/null
sh -l -c	sh -l -c 'sbatch one.sh'
. /etc/profile	sh -c '. /etc/profile; sbatch one.sh'
module load, python	drivers/module
make under bash -l	bash -lc 'make -s'
xargs under sh -l	sh -lc 'echo one.sh | xargs sbatch'
python under sh -l	sh -lc "python3 -c 'import os; os.system(\"sbatch one.sh\")'"
python, absolute path	python3 -c 'import subprocess; subprocess.run(["'$REAL'", "one.sh"], check=True)'
python, os.execv	python3 -c 'import os; os.execv("'$REAL'", ["sbatch", "one.sh"])'
python, an empty environment	python3 -c 'import subprocess; subprocess.run(["'$REAL'", "one.sh"], env={}, check=True)'
env -i bash -lc	env -i HOME="$HOME" bash -lc 'sbatch one.sh'
env -i, python under bash -lc	env -i HOME="$HOME" bash -lc "python3 -c 'import os; os.system(\"sbatch one.sh\")'"
env -i, absolute path	env -i "$REAL" one.sh
sudo	sudo sbatch one.sh
sudo -E	sudo -E sbatch one.sh
su -	su - -c "cd $PWD && sbatch one.sh"
su	su -c 'sbatch one.sh'
absolute path	"$REAL" one.sh
exec, another argv[0]	bash -c 'exec -a other "$REAL" one.sh'
perl	perl -e 'system($ENV{REAL}, "one.sh")'
perl, backticks	perl -e 'print `$ENV{REAL} one.sh`'
awk	awk 'BEGIN { system(ENVIRON["REAL"] " one.sh") }'
find -exec	find one.sh -exec "$REAL" {} \;
setsid nohup timeout nice	setsid -w nohup timeout 60 nice "$REAL" one.sh
a link to it	ln -sf "$REAL" sbatch && ./sbatch one.sh
the user's own wrapper	bin/sbatch one.sh
PATH set in the call	PATH=$SLURM:$PATH; hash -r; env sbatch one.sh
env -u LD_PRELOAD	env -u LD_PRELOAD "$REAL" one.sh
LD_PRELOAD set by the user	LD_PRELOAD=$OTHER sh -c '"$REAL" one.sh'
END
  for kind in execve execv execl execle fexecve execveat posix_spawn system popen; do printf '%s\t./exec %s "$REAL" one.sh\n' "$kind" "$kind"; done
  for kind in execvp execvpe execlp posix_spawnp; do printf '%s\tPATH=%s:$PATH ./exec %s sbatch one.sh\n' "$kind" "$SLURM" "$kind"; done
)
gcc -shared -fPIC -o other.so -x c - <<<'int sarray_test_other;'
export OTHER=$PWD/other.so
state_of() { squeue -h -a -t all -u "$(id -u)" -o '%A %Z' | awk -v dir="$TEST_DIR" 'index($2, dir) == 1' | wc -l; }
before=$(state_of)
recorded=0
while IFS=$'\t' read -r name call; do
  want=1
  [[ $name != *'script, xargs'* ]] || want=2
  "$SARRAY" listen <<<"$call" >out 2>err || fail "$name: $(cat out err)"
  assert_eq "$want" "$(grep -c '^Submitted batch job 20000' out || true)" "$name: recorded: $(cat out err)"
  assert_contains "$(cat err)" "keeps $want job" "$name: in the session"
  assert_eq '' "$(grep -v '^sarray: session \|^hint: sarray listen\|nohup: ' err || true)" "$name: nothing else is said"
  recorded=$((recorded + 1))
done <<<"$rows"
assert_eq "$before" "$(state_of)" 'jobs that went to Slurm'
[[ ! -e ran ]] || fail "a job ran: $(cat ran)"


# --- what no library reaches is named when the session ends, or at submit; only once -------------------------
warned() { # FILE ID...: the file has one warning, with these ids
  assert_eq 1 "$(grep -c '^sarray: warning: jobs\? .* may come from session ' "$1" || true)" "a warning: $(cat "$1")"
  assert_contains "$(cat "$1")" "sarray: warning: job${3+s} $(printf '%s, ' "${@:2}" | sed 's/, $//') may come from session " 'the warning'
}
strays() { grep -o '^[0-9]*$' out; }
"$SARRAY" listen <<<'./exec raw "$REAL" --parsable -H one.sh' >out 2>err || fail "raw: $(cat err)"
# shellcheck disable=SC2046
warned err $(strays)
"$SARRAY" listen <<<'./exec raw "$REAL" --parsable -H one.sh; ./exec raw "$REAL" --parsable -H --array=0-3 one.sh' >out 2>err || fail "raw: $(cat err)"
# shellcheck disable=SC2046
warned err $(strays)
# Another Unix session, in a folder of the session's.
"$SARRAY" listen <<<'setsid -w ./exec raw "$REAL" --parsable -H one.sh' >out 2>err || fail "raw: $(cat err)"
# shellcheck disable=SC2046
warned err $(strays)
# Another user, with a library that it may not read, and a PATH that it may not look at.
chmod 755 "$TEST_DIR"
as_user sarray-test true
"$SARRAY" listen <<<'setpriv --reuid sarray-test --clear-groups env PATH="$SLURM:$PATH" sh -c "\"$REAL\" --parsable -H -o /dev/null --wrap true"' >out 2>err || fail "another user: $(cat out err)"
# shellcheck disable=SC2046
warned err $(strays)
mkdir silent
printf '#!/bin/sh\n[ "$1" != --version ] || exec "$REAL" --version\nexit 1\n' >silent/sbatch
printf '#!/bin/sh\nexit 1\n' >silent/squeue
chmod +x silent/*
# At submit, and not again at the end. `sarray real` is not warned of.
"$SARRAY" listen <<<'./exec raw "$REAL" --parsable -H one.sh; sarray real sbatch --parsable -H one.sh >real; sbatch -Q -H one.sh; sarray submit --parsable >submitted 2>submit.err' >out 2>err || fail "submit: $(cat err submit.err)"
# shellcheck disable=SC2046
warned submit.err $(strays)
assert_eq '' "$(grep warning err || true)" 'named once'
assert_eq PENDING "$(job_field "$(cat real)" JobState)" 'sarray real'
# In run, too; jobs of the same folder from before are not named.
"$SARRAY" run --record-only ./exec raw "$REAL" --parsable -H one.sh >out 2>err || fail "run: $(cat err)"
# shellcheck disable=SC2046
warned err $(strays)
# If Slurm does not answer, nothing is said.
PATH=$TEST_DIR/silent:$PATH "$SARRAY" listen <<<'SECONDS=0; ./exec raw "$REAL" --parsable -H one.sh' >out 2>err || fail "no answer: $(cat err)"
assert_eq '' "$(cat err)" 'a Slurm that does not answer'
# Without the library.
SARRAY_INTERCEPT=off "$SARRAY" listen <<<'"$REAL" --parsable -H one.sh' >out 2>err || fail "off: $(cat err)"
# shellcheck disable=SC2046
warned err $(strays)

# --- sarray real --------------------------------------------------------------------------------------------
status=0
words=$("$SARRAY" real sbatch -p nosuch --wrap true 2>&1) || status=$?
assert_contains "$status $words" '1 sbatch: error: ' "sbatch's own words and status"
words=$("$SARRAY" listen 2>&1 <<<'sarray real scontrol --version | cut -c 1-9; sarray real env | grep -c "^SARRAY_\|/sessions/\|sarray-intercept"; true')
assert_eq $'slurm-wlm\n0' "$words" "Slurm's other commands, and a clean environment"
status=0
words=$("$SARRAY" real nosuch 2>&1) || status=$?
assert_contains "$status $words" '127 sarray: error: nosuch: it was not found in PATH' 'no such command'
assert_contains "$("$SARRAY" real 2>&1 || true)" 'hint: sarray real sbatch job.slurm' 'no command'

# --- what a session sets for itself never reaches a job -------------------------------------------------------
# The driver takes its environment along, in a file, in a list for --export, and in the script itself; the session's folder is gone when
# the job runs. Its standard error, its programs and its own sbatch are as without us.
cat >takes.sh <<'END'
#!/bin/bash
. ./"$1"
{
  sh -c : && python3 -c 'pass' && bash -c :
  env | grep -c '^LD_.*sarray-intercept'
  printenv LD_PRELOAD
  [[ $2 == gone ]] || env sbatch --parsable -H -o /dev/null --wrap true
} >"$1.seen" 2>&1
END
cat >takes <<'END'
#!/bin/bash
env | grep -v "^BASH_FUNC" | sed "s/'/'\\''/g; s/=\(.*\)/='\1'/; s/^/export /" >"$1.env"
sbatch -o /dev/null takes.sh "$1.env" "$1"
END
chmod +x takes
export SLURM_SARRAY_TEST=1
for what in there gone; do
  "$SARRAY" listen <<<"./takes $what; env -0 >all-$what; sarray submit --parsable >id" >out 2>err || fail "takes: $(cat err)"
  [[ $(tr '\0' '\n' <all-$what | grep '^LD_') != *sarray-intercept* ]] || fail 'programs see the library in their environment'
  assert_contains "$(cat "$what.env")" 'export SARRAY_SESSION=' 'the file has what the session sets'
  [[ $what == there ]] || mv state away
  wait_job "$(cat id)"
  [[ $what == there ]] || mv away state
  if [[ $what == there ]]; then
    assert_eq 0 "$(head -n 1 "$what.env.seen")" "what the job sees"
    own=$(tail -n 1 "$what.env.seen")
    assert_eq PENDING "$(job_field "$own" JobState)" 'its own sbatch is the real one'
  else
    assert_eq 0 "$(cat "$what.env.seen")" "what the job sees"
  fi
done
list='import os; print("--export=" + ",".join(n for n in os.environ if "(" not in n and "%" not in n))'
printf '#!/bin/bash\nenv | grep "^SARRAY_\|sarray-intercept\|/sessions/\|sarray-guard\|^BASH_ENV" | grep -v "^SARRAY_JOB_ID=\|^SARRAY_ARRAY_\|^SARRAY_OUTER" >list.seen; true\n' >list.sh
"$SARRAY" listen <<<"sbatch -o /dev/null \"\$(python3 -c '$list')\" list.sh; sarray submit --parsable >id" >out 2>err || fail "list: $(cat err)"
wait_job "$(cat id)"
assert_eq '' "$(cat list.seen)" 'a list of all names for --export'
list='import os; print("--export=" + ",".join(n + "=" + v for n, v in os.environ.items() if not set("(%,\n\" ;") & set(n + v)))'
"$SARRAY" listen <<<"sbatch -o /dev/null \"\$(python3 -c '$list')\" list.sh; sarray submit --parsable >id" >out 2>err || fail "list: $(cat err)"
wait_job "$(cat id)"
assert_eq '' "$(cat list.seen)" 'a list of all names and values for --export'

echo "$recorded ways of calling sbatch are recorded"
