#!/usr/bin/env bash
# An option that a site's SPANK plugin adds is learned from the installed sbatch.
# run: 6
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
plugin=$TEST_DIR/flavor.so
gcc -shared -fPIC -o "$plugin" "$(dirname "$0")/spank/flavor.c"
echo "required $plugin" >"$TEST_DIR/plugstack.conf"
need_cluster --conf "PlugStackConfig=$TEST_DIR/plugstack.conf"
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION
printf '#!/bin/bash\n#SBATCH --flavor=vanilla\necho "$1 $FLAVOR"\n' >job.slurm
[[ $(sbatch --help) == *'--flavor=NAME'* ]] || fail "the plugin is not loaded"

sarray listen >answers 2>/dev/null <<'END'
sbatch -o 1 job.slurm one
sbatch -o 2 --flavor vanilla job.slurm two
sbatch -o 3 --flav=vanilla job.slurm three
sarray list --json >list
sarray submit --parsable >id
END
wait_job "$(cat id)"
assert_eq 'one vanilla|two vanilla|three vanilla' "$(cat 1 2 3 | paste -sd '|')" "the plugin's option in merged tasks"
assert_eq 'vanilla line 2' "$(python3 -c 'import json; j=json.load(open("list"))["jobs"][0]; print(j["options"]["flavor"], j["sources"]["flavor"])')" 'where it came from'
assert_contains "$(sarray listen 2>&1 <<<'sbatch --flavor=a job.slurm; sbatch --flavor=b job.slurm; sarray submit')" \
  '  flavor  a      1     command line
          b      2     command line' 'unequal flavors do not share an array'
assert_contains "$(sarray listen 2>&1 <<<'sbatch --flavour=a job.slurm')" "unrecognized option '--flavour=a'" 'what it does not know'
echo "a plugin's option: learned, kept, compared"
