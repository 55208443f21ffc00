#!/usr/bin/env bash
# A session's sbatch records or fails, and says so: it is never silently the real one. The real one is poisoned here: it notes that it
# was called. Slurm is not asked anything.
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
cd "$TEST_DIR"
unset SARRAY_SESSION SLURM_JOB_ID PROMPT_COMMAND
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state SHELL=/bin/bash
mkdir "$HOME" slurm v1
cat >slurm/sbatch <<END2
#!/bin/sh
case "\$1" in --version) echo slurm-wlm 22.05.8; exit ;; --help) exit 1 ;; esac
echo "\$*" >>$TEST_DIR/poisoned
echo Submitted batch job 7
END2
for command in squeue scontrol sacct; do printf '#!/bin/sh\nexit 1\n' >"slurm/$command"; done # a Slurm that does not answer
chmod +x slurm/*
export PATH=$TEST_DIR/slurm:$PATH
printf '#!/bin/bash\ntrue\n' >one.sh
printf '#!/bin/bash -l\nsbatch one.sh l1\npython3 -c "import os; os.system(\\"sbatch one.sh l2\\")"\nenv sbatch one.sh l3\n' >login.sh
printf 'all:\n\tsbatch one.sh m1\n' >makefile
chmod +x login.sh
cp "$SARRAY" v1/sarray
never() { [[ ! -e poisoned ]] || fail "$1: the real sbatch was called: $(cat poisoned)"; }
queued() { "$SARRAY" sessions | tail -n 1 | awk '{ print $4 }'; }

# Every way of calling it that is known; each must record, or fail. The count of those that recorded is the queue's.
ways='sbatch one.sh w1
command sbatch one.sh w2
bash -c "sbatch one.sh w3; :"
bash -c "sbatch one.sh w4"
sh -c "sbatch one.sh w5"
python3 -c "import subprocess; subprocess.run([\"sbatch\", \"one.sh\", \"w6\"])"
echo one.sh | xargs sbatch
env -i PATH="$PATH" sbatch one.sh w8
zsh -c "sbatch one.sh w9"
tcsh -fc "sbatch one.sh w10"
fish -c "sbatch one.sh w11"
perl -e "system(q(sbatch), q(one.sh))"
timeout 9 sbatch one.sh w13
make -s'
number=$(wc -l <<<"$ways")

# --- as it should be; under login shells, too ---------------------------------------------------------
v1/sarray listen <<<"$ways" >out 2>err
assert_eq "$number" "$(queued)" "recorded: $(cat err)"
[[ $(wc -l <out) == "$number" && $(grep -vc '^Submitted batch job 20000000' out) == 0 ]] || fail "answers: $(cat out)"
never 'an untroubled session'
v1/sarray listen <<<'./login.sh; bash -lc "python3 -c \"import os; os.system(\\\"sbatch one.sh\\\")\"; make -s"; bash -l -c "echo one.sh | xargs sbatch; nice sbatch one.sh"' >out 2>err
assert_eq 7 "$(queued)" "under bash -l: $(cat out err)"
never 'login shells'

# --- a virtual id in SLURM_JOB_ID is not a job of Slurm's ---------------------------------------------
v1/sarray listen >out 2>err <<<'export SLURM_JOB_ID=$(sbatch --parsable one.sh first); sbatch one.sh second; bash -c "sbatch one.sh third"; env -i PATH="$PATH" SLURM_JOB_ID="$SLURM_JOB_ID" sbatch one.sh fourth'
assert_eq 4 "$(queued)" "with export SLURM_JOB_ID=\$(sbatch ...): $(cat out err)"
never 'export SLURM_JOB_ID=$(sbatch ...)'
v1/sarray listen >out 2>err <<<'export SLURM_JOB_ID=$(sbatch one.sh first); sbatch one.sh second; sh -c "sbatch one.sh third; :"'
assert_eq 3 "$(queued)" "with the whole sentence in SLURM_JOB_ID: $(cat out err)"
never 'export SLURM_JOB_ID="Submitted batch job ..."'

# --- the program is upgraded, or its module goes away ------------------------------------------------
v1/sarray listen <<<"sbatch one.sh; rm v1/sarray; $ways"$'\nsarray list | tail -n 1' >out 2>err
assert_contains "$(tail -n 1 out)" "$((number + 1)) jobs" "without the program: $(cat err)"
never 'the program is gone'
cp "$SARRAY" v1/sarray

# --- the state folder is away, and comes back ---------------------------------------------------------
v1/sarray listen <<<"sbatch one.sh; mv state away; $ways"$'\nmv away state' >out 2>err
assert_eq 1 "$(queued)" "without the state folder: $(cat out)"
name=$("$SARRAY" sessions | tail -n 1 | cut -d ' ' -f 1)
assert_eq "$number" "$(grep -c "^sarray: error: session $name is gone: nothing is recorded, nothing was submitted" err)" "each says so: $(cat err)"
never 'the state folder is gone'

# --- it cannot be read, by an ordinary user -------------------------------------------------------------
cp "$SARRAY" sarray
chmod 755 sarray slurm
: >all && chmod 666 all
install -m 666 /dev/null note
sed -i "s,>>$TEST_DIR/poisoned,>>$TEST_DIR/note," slurm/sbatch
as_user sarray-test true
cp one.sh makefile "$TEST_DIR/home-sarray-test"
as_user sarray-test env PATH="$TEST_DIR/slurm:$PATH" WAYS="$ways" bash -c 'cd && { echo "sbatch one.sh; chmod 000 .local/state/sarray"; echo "$WAYS"; echo "chmod 700 .local/state/sarray"; } >calls && '"$TEST_DIR/sarray"' listen <calls' >out 2>err
[[ ! -s note ]] || fail "the state folder cannot be read: the real sbatch was called: $(cat note)"
assert_eq "$number" "$(grep -c 'is gone: nothing is recorded, nothing was submitted' err)" "each says so: $(cat err)"

# --- pruned from another host: a shell that cannot be seen is not gone ------------------------------------
sed -i "s,>>$TEST_DIR/note,>>$TEST_DIR/poisoned," slurm/sbatch
for unseen in 'unshare -u' 'unshare -p -f --mount-proc' 'unshare -u -p -f --mount-proc'; do
  rm -rf state commands begun ended
  mkfifo commands
  v1/sarray listen <commands >out 2>err &
  listen=$!
  exec 9>commands
  echo 'sbatch one.sh a; sarray drop 1; touch begun' >&9
  for ((i = 0; i < 300; i++)); do [[ -e begun ]] && break || sleep 0.1; done
  kill -9 "$listen"
  wait "$listen" 2>/dev/null || true
  # shellcheck disable=SC2016,SC2086
  words=$($unseen bash -c '[[ $1 != *-u* ]] || hostname otherhost; "$0" sessions; "$0" sessions --prune --keep 0; "$0" listen --resume "$(ls "$SARRAY_STATE_DIR/sessions")" </dev/null' "$SARRAY" "$unseen" 2>&1) && fail "$unseen: a session whose shell may run was resumed: $words"
  assert_contains "$words" 'removed 0 sessions' "$unseen: prune"
  if [[ $unseen == *-p* ]]; then
    assert_contains "$words" 'unknown: shell ' "$unseen: sessions"
    assert_contains "$words" 'its shell may still run (host ' "$unseen: --resume"
    assert_contains "$words" ' --yes, if that shell is gone' "$unseen: --resume"
  fi
  echo 'sbatch one.sh b; bash -c "sbatch one.sh c"; touch ended' >&9
  for ((i = 0; i < 300; i++)); do [[ -e ended ]] && break || sleep 0.1; done
  exec 9>&-
  never "$unseen"
  assert_eq 2 "$(queued)" "$unseen: it still records: $(cat out err)"
done
# Told that it is gone, it is resumed.
for ((i = 0; i < 100; i++)); do [[ $("$SARRAY" sessions | tail -n 1) == *left* ]] && break || sleep 0.1; done
unshare -p -f --mount-proc "$SARRAY" listen --resume "$(ls state/sessions)" --yes <<<'sbatch one.sh d' >/dev/null 2>err || fail "--resume --yes: $(cat err)"
assert_eq 3 "$(queued)" 'resumed with --yes'

# --- sessions of the same program share one copy of it ----------------------------------------------------
assert_eq 1 "$(find state/programs -type f | wc -l)" 'copies of the program'
echo "never the real sbatch: $number ways of calling it"
