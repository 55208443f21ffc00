#!/usr/bin/env bash
# What `cmake --install` installs, used by an ordinary user on a real Slurm: program, completion of what was submitted, documents.
# run: 15
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
unset SARRAY_SESSION SARRAY_STATE_DIR
DESTDIR=$TEST_DIR/root cmake --install "$SARRAY_BUILD" --prefix /usr >/dev/null
prefix=$TEST_DIR/root/usr
chmod -R a+rX root
home=$TEST_DIR/home-sarray-test
as_user sarray-test true
cat >"$home/go.bash" <<'END'
source "$1/share/bash-completion/completions/sarray"
complete_line() { # LINE: the candidates
  COMP_LINE=$1 COMP_POINT=${#1}
  read -r -a COMP_WORDS <<<"$1"
  [[ $1 != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _sarray
  printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ,
}
printf '#!/bin/bash\necho "$SLURM_JOB_NAME"\n' >job.slurm
sarray listen >id 2>err <<'E'
sbatch -J train --array=0-2 -o 'train_%a' job.slurm >answers
sbatch -J evaluate -o evaluate_out job.slurm >>answers
sarray submit --parsable
E
sarray status "$(<id)" --wait >waited
echo "ids $(complete_line 'sarray status ')"
echo "jobs $(complete_line "sarray logs $(<id) --job ")"
echo "find $(complete_line 'sarray find ev')"
echo "override $(complete_line 'sarray retry 7 --parti')"
sarray logs "$(<id)" --job "$(complete_line "sarray logs $(<id) --job ev")"
sarray --version
END
as_user sarray-test env PATH="$prefix/bin:$PATH" bash -c 'cd && bash go.bash "$1"' _ "$prefix" >said 2>err || fail "$(cat err)"
id=$(<"$home/id")
assert_contains "$(<said)" "ids $id,last" 'the array that was submitted'
assert_contains "$(<said)" 'jobs evaluate,train' 'the names of its jobs'
assert_contains "$(<said)" 'find evaluate' 'a name to find'
assert_contains "$(<said)" 'override --partition' "sbatch's option"
assert_contains "$(<said)" $'\nevaluate\n' 'the output of the job whose name was completed'
assert_contains "$(<said)" "documents: $prefix/share/doc/sarray" 'where the documents are'
as_user sarray-test test -r "$prefix/share/doc/sarray/docs/follow.md" || fail 'nobody can read them'
echo "used as it is installed"
