# shellcheck shell=bash disable=SC2154 # tests/run sets build and defines add
# The one list of all tests. tests/run reads it, `tests/run --list` shows it, tests/README.md says how to add a test.
#
#   add NAME SECONDS MARKS COMMAND...
#
# SECONDS is what the test takes alone on an idle machine: the longest begin first, and each test's limit is derived from it.
# MARKS are words:
#   quick    part of `make check`
#   work     it keeps a core busy (a test without this word mostly waits)
#   ci       it runs if CI is set, with --full, and by name
#   full     it runs with --full, and by name
#   after:X  it begins when the test X has passed
# A test with a cluster says its own SECONDS and MARKS in a line `# run: SECONDS [MARK]...` of its file.

sanitized_build=$build-asan

list_unit_tests() { # a program for each folder: test_slurm_client of tests/unit/slurm/client
  local name
  local -A slow=([script]=20 [store]=8 [util]=5) # seconds; the others take two or three
  for name in $(cd tests/unit && find . -name 'test_*.cpp' -printf '%h\n' | sort -u | sed 's:^\./::; s:/:_:g'); do
    add "unit-$name" "${slow[$name]:-3}" 'quick work' "$build/tests/unit/test_$name"
    add_sanitized "unit-$name" $((${slow[$name]:-3} * 4)) work "$sanitized_build/tests/unit/test_$name"
  done
}

list_cluster_tests() {
  local file name line seconds marks
  for file in tests/cluster/test_*.bash; do
    name=${file##*/test_}
    name=${name%.bash}
    line=$(sed -n '2,12s/^# run: //p' "$file")
    read -r seconds marks <<<"${line:-60}"
    add "cluster-$name" "$seconds" "$marks" bash "$file"
    # The sanitizers' signal handling and speed would be seen by the first, which compares signals and time limits; the second only tests
    # what bash does on the node; the third takes minutes for what test_live does, too.
    [[ $name == @(signals|killed_task|snakemake) ]] || add_sanitized "cluster-$name" $((seconds * 3 / 2)) '' bash "$file"
  done
}

list_releases() { # other releases of Slurm, each in the root of another Debian
  local release
  add root-trixie 90 ci tools/cluster root trixie --accounting
  add root-bullseye 90 full tools/cluster root bullseye
  for release in trixie bullseye; do
    add "pipeline-$release" 90 "full after:root-$release" env SARRAY_PIPELINE_RELEASE="$release" bash tests/cluster/test_pipeline.bash
    add "follow-$release" 240 "full after:root-$release" env SARRAY_FOLLOW_RELEASE="$release" bash tests/cluster/test_follow.bash
  done
  add pipeline-limited-trixie 90 'ci after:root-trixie' env SARRAY_LIMITED_RELEASE=trixie bash tests/cluster/test_pipeline_limited.bash
  add json-trixie 60 'ci after:root-trixie' env SARRAY_JSON_RELEASE=trixie bash tests/cluster/test_json.bash
  add json-accounting-trixie 60 'ci after:root-trixie' env SARRAY_JSON_RELEASE=trixie bash tests/cluster/test_json_accounting.bash
  add fidelity-trixie 120 'ci work after:root-trixie' tests/fidelity/run --tasks 60 --release trixie
}

list_tests() {
  list_unit_tests
  add layers 1 quick tests/layers
  add shellcheck 20 'quick work' tests/checks shell
  add format 10 'quick work' tests/checks format
  add static-binary 1 quick tests/checks static "$SARRAY"
  add library-symbols 1 quick tests/checks library "$build/src/sarray-intercept.so"
  add runner 20 quick tests/runner
  add build 60 work tests/build "$build"
  add completion 20 quick tests/completion "$SARRAY"
  add recipes 30 work tests/recipes
  add package-deb 90 ci tests/packages "$build" deb bookworm
  add packages-deb 180 full tests/packages "$build" deb bullseye bookworm trixie
  add package-rpm 10 full tests/packages "$build" rpm
  add package-tarball 10 full tests/packages "$build" tarball
  add package-aarch64 300 'full work' tests/packages "$build" aarch64
  add reproducible 600 'full work' tests/packages "$build" reproducible
  add mutations 1 quick tests/fidelity/mutations --check
  list_cluster_tests
  add isolation 60 '' tests/isolation "$build"
  add faults 300 work tests/faults/run
  add names 30 quick tests/faults/names
  add nodes 30 '' tests/faults/nodes
  add fuzz "$((fuzz_seconds * 6 + 90))" work tests/fuzz/run "$fuzz_seconds"
  add oracle 90 work tests/oracle/run --cases "${SARRAY_ORACLE_CASES:-500}"
  add fidelity 150 work tests/fidelity/run --tasks "${SARRAY_FIDELITY_TASKS:-300}"
  add pipelines 120 work tests/pipelines/run --graphs "${SARRAY_PIPELINES_GRAPHS:-6}"
  add pipelines-limited 30 work tests/pipelines/run --limited --graphs 4 --only chains1,chains2,chains3,chains4
  add pipelines-mutations 70 full tests/pipelines/mutations
  list_releases
  # Everything again, compiled with AddressSanitizer and UndefinedBehaviorSanitizer. Of the faults without the injected errors, which
  # would hit the sanitizers' own system calls.
  add asan-build 400 'work ci' tests/checks build-sanitized "$sanitized_build"
  add_sanitized faults 120 work env SARRAY_FAULTS_SAMPLE=1 tests/faults/run crowd disk
  add_sanitized names 60 '' tests/faults/names
  add_sanitized nodes 60 '' tests/faults/nodes
  add_sanitized oracle 120 work tests/oracle/run
  add_sanitized fidelity 90 work tests/fidelity/run --tasks 60
}

# Half a minute for each target in CI, two at a time.
fuzz_seconds=${SARRAY_FUZZ_SECONDS:-$([[ -n ${CI-} ]] && echo 30 || echo 5)}

# add_sanitized NAME SECONDS MARKS COMMAND...: the test asan-NAME, with the sanitizers' build.
add_sanitized() { add "asan-$1" "$2" "$3 ci after:asan-build" tests/checks with-sanitizers "$sanitized_build" "$1" "${@:4}"; }
