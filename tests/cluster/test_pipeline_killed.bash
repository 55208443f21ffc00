#!/usr/bin/env bash
# submit of a pipeline, killed at each of its questions and orders to Slurm: no child begins early, none is submitted twice, and the next
# submit leaves nothing in hold.
# run: 90
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/pipeline.bash"
need_cluster
cd "$TEST_DIR"
mkdir bin site
pwd >where
ln -s "$SARRAY" bin/sarray
stand_before site "\$(cat $TEST_DIR/where)"
export PATH=$TEST_DIR/bin:$TEST_DIR/site:$PATH SBATCH_OUTPUT=/dev/null
cat >say.sh <<'E'
#!/bin/bash
# say.sh NAME PARENT...: notes its end; a parent that has not ended is noted, too.
name=$1
shift
for parent; do [[ -e end.$parent ]] || echo "$name before $parent" >>early; done
echo x >>"end.$name"
E
chmod +x say.sh
cat >record.sh <<'E'
all=
for i in 1 2 3; do
  a=$(sbatch --parsable --hold say.sh "a$i")
  b=$(sbatch --parsable -c2 -d afterok:"$a" say.sh "b$i" "a$i")
  all=$all:$b
done
sbatch -t5 -d "afterok$all" say.sh c b1 b2 b3
E
sed -i 's/ --hold//' record.sh
ids_of() { sarray history --json | grep -o '"job_id":"[0-9]*"' | grep -o '[0-9]*' | head -n 3 | paste -sd,; }
all_ended() { [[ -e end.c ]]; }

killed=0
for when in before after; do
  for at in {1..20}; do
    rm -rf "$when-$at" && mkdir "$when-$at" && cd "$when-$at"
    pwd >../where
    cp ../say.sh ../record.sh .
    export SARRAY_STATE_DIR=$PWD/state
    sarray listen <record.sh >/dev/null 2>listened
    session=$(grep -o 'resume [^,]*' listened | cut -d' ' -f2)
    echo "$at $when" >cut.at
    status=0
    sarray submit --session "$session" >answers 2>words || status=$?
    rm cut.at
    if ((status == 0)); then
      ((at > 9)) || fail "only $((at - 1)) questions and orders: $(cat words calls)"
      wait_until 'the last job' all_ended
      cd ..
      break
    fi
    ((status == 137)) || fail "$when $at: status $status: $(cat words)"
    killed=$((killed + 1))
    # Whatever was sent is held until all is known, or is all released.
    finish "$when $at" 'nothing to submit' sarray submit --session "$session"
    wait_until "$when $at: the last job" all_ended
    [[ ! -e early ]] || fail "$when $at: early: $(cat early)"
    for name in a1 a2 a3 b1 b2 b3 c; do assert_eq x "$(cat "end.$name")" "$when $at: $name, once"; done
    assert_eq 3 "$(sarray history --json | grep -o '"job_id"' | wc -l)" "$when $at: arrays"
    [[ -z $(squeue -h -r -u "$(id -u)" -o '%Z %T %r' | grep "^$PWD" | grep Held || true) ]] || fail "$when $at: held: $(squeue)"
    cd ..
  done
done
echo "$killed kills, no child early, none twice, none forgotten"

# --- cancel of the session ends what is held ---------------------------------------------------------------------------------
mkdir cancelled && cd cancelled
pwd >../where
cp ../say.sh ../record.sh .
export SARRAY_STATE_DIR=$PWD/state
sarray listen <record.sh >/dev/null 2>listened
session=$(grep -o 'resume [^,]*' listened | cut -d' ' -f2)
echo '5 after' >cut.at
sarray submit --session "$session" >answers 2>words || true
rm cut.at
sarray submit --session nosuch >/dev/null 2>&1 || true
listed=$(sarray list --session "$session" 2>&1 || true)
sarray cancel --session "$session" --yes >said 2>&1
assert_contains "$(cat said)" 'that Slurm held' "cancel: $listed"
[[ -z $(squeue -h -r -o '%Z %T' | grep "^$PWD" || true) ]] || fail "left: $(squeue)"
[[ ! -e end.a1 ]] || fail 'a job began'
echo 'a cancelled session leaves nothing held'
