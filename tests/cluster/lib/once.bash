# shellcheck shell=bash disable=SC2034 # what the tests use
# For tests of an sbatch that fails on the way: sourced after cluster.bash, with a cluster, in TEST_DIR.
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state
unset SARRAY_SESSION
printf '#!/bin/bash\necho ran >>%q/ran\n' "$TEST_DIR" >job.slurm
real=$(type -P sbatch)
mkdir fake
export PATH=$TEST_DIR/fake:${SARRAY%/*}:$PATH

fake() { # BODY: what sbatch does when it is given a script
  printf '#!/bin/bash\ncase "$*" in --version|--help) exec %q "$@" ;; esac\n%s\n' "$real" "$1" >fake/sbatch
  chmod +x fake/sbatch
}
new_session() { sarray listen 2>&1 >/dev/null <<<'sbatch job.slurm; sbatch job.slurm' | sed -n 's/^sarray: session \(\S*\) keeps.*/\1/p'; }
queued() { sarray list --session "$1" --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["jobs"]))'; }
submit() { # SESSION [OPTION...]: status and words
  local status=0 words name=$1
  shift
  words=$(sarray submit --session "$name" "$@" 2>&1) || status=$?
  printf '%s|%s' "$status" "$words"
}
