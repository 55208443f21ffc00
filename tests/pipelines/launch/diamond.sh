#!/bin/bash
# order: left after top
# order: right after top
# order: bottom after left
# order: bottom after right
# order: far after top
# order: far after bottom
set -euo pipefail
declare -A id
submit() { # KEY SECONDS [OPTIONS]
  local key=$1 seconds=$2
  shift 2
  id[$key]=$(sbatch --parsable -J "$P$key" "$@" job.sh "$key" "$seconds")
}
submit top 0.3
submit left 0.2 -d "afterok:${id[top]}"
submit right 0.6 -d "afterok:${id[top]}"
submit bottom 0.1 -d "afterok:${id[left]}:${id[right]}"
submit far 0 -d "afterok:${id[top]},afterany:${id[bottom]}"
