# shellcheck shell=bash
# For tests of pipelines, which become several arrays.

# The job ids of all arrays, in the order of their submission.
array_ids() { sarray history --json | python3 -c 'import json, sys; print(*sorted(int(s["job_id"]) for s in json.load(sys.stdin)["submissions"]))'; }
earlier=0 # the last array that array_of leaves out
# array_of NAME: the job id of the first array that has jobs of this name.
array_of() {
  local id
  for id in $(array_ids); do
    ((id > earlier)) || continue
    if sarray status "$(one "$id")" --json | grep -qF "\"name\":\"$1\""; then
      echo "$id"
      return
    fi
  done
  return 1
}
# one ID: the word that means this array alone, and not all arrays of its submission.
one() {
  sarray history --json | python3 -c '
import json, sys
for s in json.load(sys.stdin)["submissions"]:
    if s["job_id"] == sys.argv[1]:
        word = "{name}.{part}".format(**s["group"]) if s["group"] else s["job_id"]
print(word)' "$1"
}

# stand_before FOLDER HERE: programs in FOLDER that stand before Slurm's own, for a PATH. HERE is a word of bash that says where a file cut.at
# may be: "N before" or "N after" in it has the N-th command of a submit end it with kill -9, before or after the command itself has run.
# (sbatch has neither our directory nor our environment.)
stand_before() {
  local name real
  real=$(dirname "$(type -P sbatch)")
  for name in sbatch scontrol squeue; do
    cat >"$1/$name" <<E
#!/bin/bash
real=$real/$name
here=$2
[[ -e \$here/cut.at ]] || exec "\$real" "\$@"
[[ \$* == *--help* || \$* == *--version* || \$* == *' config'* ]] && exec "\$real" "\$@"
read -r at when <\$here/cut.at
echo $name >>\$here/calls
if [[ \$(wc -l <\$here/calls) != "\$at" ]]; then exec "\$real" "\$@"; fi
if [[ \$when == after ]]; then "\$real" "\$@" >/dev/null 2>&1; fi
kill -9 \$PPID
exit 1
E
    chmod +x "$1/$name"
  done
}

# finish WHAT DONE COMMAND...: runs a submit or retry, of which an earlier one was killed, again until nothing is missing, or until it says DONE:
# then all that was missing was the last note. Slurm's own sbatch may live longer than the command that was killed. Answers are in `answers`, words in `again`.
finish() {
  local what=$1
  wait_until "$what: the end of the sbatch that was interrupted" is_finished "$@"
}
is_finished() { # WHAT DONE COMMAND...
  local what=$1 done=$2
  shift 2
  "$@" >answers 2>again && return
  grep -qF "$done" again && return
  [[ $(<again) == *'is still running'* ]] || fail "$what: the same again: $(cat again)"
  return 1
}
