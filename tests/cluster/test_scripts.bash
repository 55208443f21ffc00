#!/usr/bin/env bash
# What scripts and mistyped letters get: --json of what changes something, -q, what --failed means, sbatch's letters.
# run: 25
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR/home SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH SHELL=/bin/bash
unset SARRAY_SESSION
mkdir "$HOME"
printf '#!/bin/bash\nsleep 300\n' >long.slurm
printf '#!/bin/bash\nexit $1\n' >end.slurm
python() { python3 -c "import json, sys; j = json.loads(sys.stdin.read()); print($1)"; } # EXPRESSION of j
says() { # STATUS WORDS COMMAND...: its status, and what it says on stderr
  local want_status=$1 want=$2 status=0 words
  shift 2
  words=$("$@" 2>&1 >/dev/null) || status=$?
  assert_eq "$want" "$words" "words of: $*"
  assert_eq "$want_status" "$status" "status of: $*"
}

# --- the queue ---------------------------------------------------------------------------------------
sarray listen >out 2>err <<'END'
for i in 1 2 3; do sbatch end.slurm $i >/dev/null 2>&1; done
sarray drop 2-3 --json
sarray drop --undo --json
sarray set 1 2 --time=7 --json
sarray drop 3 -q
sarray drop --undo --quiet
sarray cancel --json | sed "s/$SARRAY_SESSION/S/"
END
assert_eq '{"dropped":[2,3],"queued":1,"version":1}
{"restored":[2,3],"queued":3,"version":1}
{"changed":["1","2"],"version":1}
{"action":"cancel","done":true,"session":"S","jobs":[1,2,3],"arrays":[],"version":1}' "$(<out)" 'JSON of the queue'
assert_eq '' "$(grep '^sarray: [a-z0-9]* job\|^sarray: dropped' err || :)" '-q says nothing'

# --- tasks in Slurm ------------------------------------------------------------------------------------
printf 'sbatch -o /dev/null -a 0-2 long.slurm\nsbatch -o out-%%j end.slurm 3\nsbatch -o /dev/null end.slurm 0\n' >calls
says 0 '' sarray submit calls --quiet
id=$(sarray history --json | python 'j["submissions"][-1]["job_id"]')
at_exit scancel "$id"
others_ended() { [[ $(sarray status "$id" --json | python 'j["states"]["completed"] + j["states"]["failed"] + j["states"]["running"]') == 5 ]]; }
ended() { [[ $(sarray status "$id" --json | python 'j["states"]["completed"] + j["states"]["failed"]') == 2 ]]; }
wait_until 'all run' others_ended
wait_until 'two have ended' ended
assert_eq "{\"action\":\"requeue\",\"done\":false,\"tasks\":3,\"names\":[\"${id}_[0-2]\"],\"left\":0,\"group\":null,\"arrays\":[\"$id\"],\"missing\":[],\"version\":1}" "$(sarray requeue "$id" --job 1 -n --json)" 'requeue -n --json'
assert_eq "{\"action\":\"throttle\",\"done\":false,\"job_id\":\"$id\",\"limit\":2,\"requeued\":[\"${id}_2\"],\"cancelled\":[],\"left\":[],\"version\":1}" "$(sarray throttle "$id" -t 2 --kill -n --json)" 'throttle -n --json'
assert_eq "{\"action\":\"throttle\",\"done\":true,\"job_id\":\"$id\",\"limit\":3,\"requeued\":[],\"cancelled\":[],\"left\":[],\"version\":1}" "$(sarray throttle "$id" -t 3 --json)" 'throttle --json'
says 0 '' sarray throttle "$id" -t 0 -q
assert_eq "cancel True 1 ['${id}_[1]'] 0" "$(sarray cancel "${id}_1" --json | python 'j["action"], j["done"], j["tasks"], j["names"], j["left"]' | tr -d '(),' | sed "s/'cancel'/cancel/")" 'cancel --json'
says 0 '' sarray cancel "${id}_[0,2]" -q
wait_job "$id"
assert_eq "1 end.slurm True 0" "$(sarray logs --job 2 --json | python '*[len(j["files"]), j["files"][0]["job"], j["files"][0]["exists"], j["files"][0]["bytes"]]' | tr -d "'")" 'logs --json'

# --- --failed is the same everywhere: not what somebody cancelled ----------------------------------------
assert_eq 3 "$(sarray status "$id" --json | python 'j["states"]["cancelled"]')" 'three are cancelled'
assert_eq "${id}_3" "$(sarray status "$id" --failed --tasks --json | python '" ".join(t["task"] for b in j["jobs"] for t in b["task_list"])')" 'status --failed'
assert_eq "${id}_3" "$(sarray logs "$id" --failed --json | python '" ".join(f["task"] for f in j["files"])')" 'logs --failed'
assert_eq 1 "$(sarray retry "$id" --failed -n --json 2>/dev/null | python 'j["arrays"][0]["tasks"]')" 'retry --failed'
assert_eq 1 "$(sarray retry "$id" -n --json 2>/dev/null | python 'j["arrays"][0]["tasks"]')" 'retry'

# --- sbatch's letters --------------------------------------------------------------------------------------
says 2 'sarray: error: submit: -t 1:00:00: -t is how many tasks run at once here, and not a time limit
hint: sarray submit calls --time=1:00:00' sarray submit calls -n -t 1:00:00
says 2 'sarray: error: submit: -o out_%a.txt: -o is the file for the generated script here; each job'\''s output has its own name
hint: give -o to the sbatch calls; sarray submit -o FILE, without %, for the script' sarray submit calls -n -o out_%a.txt
[[ -z $(compgen -G 'out_%*') ]] || fail 'a file was written'
assert_contains "$(sarray submit calls -n -t 30 2>&1 >/dev/null)" 'sarray: note: -t 30: at most 30 tasks at once (--time=30 for minutes)' '-t 30'
assert_eq '' "$(sarray submit calls -n --throttle=30 2>&1 >/dev/null | grep 'at most 30' || :)" '--throttle=30 is clear'
says 2 "sarray: error: retry: -t 30: it may be a time limit, or how many tasks run at once
hint: sarray retry $id --time=30, or --throttle=30" sarray retry "$id" -t 30
says 2 'sarray: error: submit: --job: jobs are named without it
hint: sarray submit 1-2 submits these; --job-name=1-2 names the array' sarray submit --job 1-2
says 2 "sarray: error: submit: there is no option '--out'
hint: did you mean --output?" sarray submit calls -n --out x
says 2 'sarray: error: --merge=most: it can be largest
hint: sarray submit --merge=largest' sarray submit calls --merge=most

# --- what differs: the line to type ----------------------------------------------------------------------
for i in 1 2 3; do echo "sbatch --mem=$((i * 10))M -t $((4 - i)) -o /dev/null end.slurm 0"; done >differ
words=$(sarray submit differ 2>&1) && fail 'different limits share an array'
line='sarray submit differ --mem=30M --time=3'
assert_contains "$words" "hint: $line makes it one array, with the largest of each (3 of 3 jobs asked for less; their tasks see another SLURM_MEM_PER_NODE" 'the line to type'
id=$($line --parsable 2>/dev/null) || fail "the hint's line: $line"
assert_eq '3 30M 00:03:00' "$(squeue -h -r -t all -j "$id" -o '%m %l' | sort | uniq -c | awk '{ print $1, $2, ($3 == "3:00" ? "00:03:00" : $3) }')" 'what Slurm was given'
id=$(sarray submit differ --merge=largest --parsable 2>err) || fail "--merge=largest: $(cat err)"
assert_contains "$(cat err)" 'sarray: note: jobs 1-3 get --mem=30M --time=3, the largest: 3 of 3 jobs asked for less' 'what --merge says'
wait_job "$id"
assert_eq 3 "$(sarray status "$id" --json | python 'j["states"]["completed"]')" 'they run'
