# shellcheck shell=bash
# For tests of pipelines, which become several arrays.

# The job ids of all arrays, in the order of their submission.
array_ids() { sarray history --json | python3 -c 'import json, sys; print(*sorted(int(s["job_id"]) for s in json.load(sys.stdin)["submissions"]))'; }
earlier=0 # the last array that array_of leaves out
# array_of NAME: the job id of the first array that has jobs of this name.
array_of() {
  local id json
  for id in $(array_ids); do
    ((id > earlier)) || continue
    json=$(sarray status "$id" --json || true)
    if [[ $json == *"\"name\":\"$1\""* ]]; then
      echo "$id"
      return
    fi
  done
  return 1
}
