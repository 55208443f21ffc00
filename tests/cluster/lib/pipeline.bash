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
