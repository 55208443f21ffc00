# shellcheck shell=bash disable=SC2154 # cluster_tool is lib/cluster.bash's
# Clusters that tests share within one tests/run: each is brought up by the first test that needs it, and taken down by tests/run.
# They are in $SARRAY_TEST_CLUSTERS/KIND/cluster. There are CPUs enough for all tests at once.

declare -A cluster_kinds=(
  [plain]='--nodes 2 --cpus 128'
  [accounting]='--nodes 2 --cpus 128 --accounting'
  # What makes several arrays of a few hundred tasks.
  [small]='--nodes 1 --cpus 128 --max-array-size 100 --conf SchedulerParameters=max_script_size=100000'
)

# kind_that_suits [ARGUMENTS OF `tools/cluster up`]: the shared kind that has these properties; nothing if none has.
kind_that_suits() {
  case "$*" in
    '' | '--nodes 1' | '--nodes 2') echo plain ;;
    --accounting | '--accounting --nodes 2' | '--nodes 2 --accounting') echo accounting ;;
    '--kind small') echo small ;;
  esac
}

shared_cluster() { # KIND: the folder of its cluster, which runs
  local folder=$SARRAY_TEST_CLUSTERS/$1
  mkdir -p "$folder"
  (
    flock 9
    [[ -e $folder/cluster/facts ]] && exit
    # shellcheck disable=SC2086 # words
    "$cluster_tool" up ${cluster_kinds[$1]} --dir "$folder/cluster" >/dev/null 2>"$folder/up.log" 9>&- || {
      tail -n 60 "$folder/up.log" >&2
      exit 1
    }
  ) 9>"$folder/lock" || return
  echo "$folder/cluster"
}
