#!/usr/bin/env bash
# The job's script is Slurm's own file: drivers and scripts that look at $0 do the same alone and merged, and a requeue starts from the
# beginning.
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
export SARRAY_STATE_DIR=$TEST_DIR/state
mkdir bin && cp "$SARRAY" bin/sarray && PATH=$TEST_DIR/bin:$PATH

# --- what the calls are: each in a folder of its own, alone/NAME and merged/NAME ----------------------
mkdir scripts
cd scripts
# A launcher that is its own job knows by its name that it runs in Slurm.
cat >launcher.sh <<'END'
#!/bin/bash
#SBATCH --output=w_%x_%a.txt
if [ $( basename ${0} ) == "slurm_script" ]; then echo "worker $SLURM_ARRAY_TASK_ID" | tee -a ran_$1.txt
else sbatch -J "$1" --array=1-3 --output=w_%x_%a.txt $0 "$1"; fi
END
# A job that submits itself again: the new job is named after the file.
cat >chain.sh <<'END'
#!/bin/bash
echo "link $1 of $SLURM_JOB_NAME"
if (($1 < 3)); then sbatch --parsable --output=chain$(($1 + 1))_%x.txt "$0" $(($1 + 1)) >>chain_ids.txt; fi
END
cat >self.sh <<'END'
#!/bin/bash
[ "$1" = again ] && { echo "again ${0##*/}"; exit 3; }
echo "${0##*/} ${BASH_SOURCE[0]##*/} $(cat /proc/$$/comm) $(readlink -e "$0" | sed -E 's#.*/spool/n[0-9]/job[0-9]+/#SPOOL/#')"
stat -c '%a %U %F' "$0"; ls /proc/$$/fd; cksum <"$0"; sed -n 's/^#data //p' "$0"; ls -A "$(dirname "$0")"
[[ $0 == */spool/*/slurm_script ]] && echo 'in the spool'
exec "$0" again
#data here
END
cat >perl.pl <<'END'
#!/usr/bin/perl
use FindBin; print "$FindBin::Script ", ($FindBin::Bin =~ m{/job\d+$} ? "spool" : $FindBin::Bin), "\n";
END
cat >python.py <<'END'
#!/usr/bin/env python3
import os, re, sys
print(os.path.basename(__file__), re.sub(r"job\d+", "JOB", os.path.basename(sys.path[0])), sys.argv[1:])
END
cat >node.js <<'END'
#!/usr/bin/env node
const path = require("path");
console.log(path.basename(__filename), path.basename(process.argv[1]), path.basename(__dirname).replace(/\d+$/, "N"), process.argv.slice(2));
console.log(require("fs").readFileSync(__filename, "utf8").split("\n").length, require.main === module);
END
# An interpreter that finds the script's name among its own arguments, as Rscript does, which hands on --file=NAME.
cat >Rscript <<'END'
#!/bin/bash
[[ $1 == --* ]] || exec "$0" --file="$@"
file=${1#--file=}
echo "${file##*/} ${2-} $(sed -n 's/^#data //p' "$file") $(basename "$(dirname "$file")" | sed 's/[0-9]*$/N/')"
END
printf '#!%s/Rscript\n#data of R\n' "$PWD" >analysis.R
# What it sources has its own name; what is looked for beside the script itself is not in the spool.
cat >lib.sh <<'END'
echo "${BASH_SOURCE[0]##*/} sourced by ${BASH_SOURCE[1]##*/} of ${#BASH_SOURCE[@]}, \$0 is ${0##*/}, line ${BASH_LINENO[0]}"
where() { echo "${FUNCNAME[0]} in ${BASH_SOURCE[0]##*/}, called from ${BASH_SOURCE[1]##*/}"; }
END
cat >sources.sh <<'END'
#!/bin/bash
source ./lib.sh
where
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh" 2>/dev/null || echo "nothing beside ${BASH_SOURCE[0]##*/}"
source "$SLURM_SUBMIT_DIR/lib.sh"
END
printf '#!/bin/bash\nulimit -S -n; ulimit -S -f; echo "${0##*/}"\n' >limited.sh
cat >requeued.sh <<'END'
#!/bin/bash
echo "run ${SLURM_RESTART_COUNT-0} ${0##*/} $(cksum <"$0")" >>requeued_runs.txt
if [[ -z ${SLURM_RESTART_COUNT-} ]]; then scontrol requeue "$SLURM_JOB_ID"; sleep 60; fi
END
printf '#!/no/such/interpreter -x\n' >missing.sh
printf '#!\necho wrong\n' >format.sh
printf '#!/etc/passwd\n' >denied.sh
cat >driver.sh <<'END'
bash launcher.sh x
sbatch --output=chain1_%x.txt chain.sh 1
for script in self.sh perl.pl python.py node.js analysis.R sources.sh missing.sh format.sh denied.sh requeued.sh; do sbatch --output=$script.txt $script 'a b'; done
END
printf '(ulimit -S -n 16; ulimit -S -f 4; sbatch --output=limited.txt limited.sh; sbatch --output=limited2.txt limited.sh)\n' >limits.sh
chmod 755 ./*
cd ..
cp -r scripts alone && cp -r scripts merged

settled() { # FOLDER: all that its jobs leave is there
  [[ $(cat "$1"/ran_x.txt 2>/dev/null | wc -l) == 3 && -s $1/chain3_slurm_script.txt && $(cat "$1"/requeued_runs.txt 2>/dev/null | wc -l) == 2 &&
    -s $1/missing.sh.txt && -s $1/format.sh.txt && -s $1/denied.sh.txt && -s $1/self.sh.txt && -s $1/perl.pl.txt && -s $1/python.py.txt && -s $1/node.js.txt && -s $1/analysis.R.txt && $(wc -l <"$1/sources.sh.txt") == 4 &&
    -s $1/limited.txt && -s $1/limited2.txt ]]
}
wait_settled() { # FOLDER; a requeued job waits two minutes, unless it is told not to
  local ids i put_back=
  for ((i = 0; i < 600; i++)); do
    settled "$1" && return
    ids=$(squeue -h -t PENDING -o '%i|%r|%Z' | sed -n "s#|BeginTime|$TEST_DIR/.*##p") # others' jobs wait for their own tests
    [[ -z $ids || -n $put_back ]] || put_back=$(date +%s)
    # In the second in which a requeue has killed a job, slurmd takes its next start for that of a killed one.
    if [[ -n $ids ]] && second_after "$((put_back + 1))"; then
      for id in $ids; do scontrol update "jobid=$id" StartTime=now 2>/dev/null || :; done
    fi
    sleep 0.2
  done
  fail "$1 does not settle: $(cd "$1" && tail -n 3 ./*.txt)"
}

(cd alone && bash driver.sh && bash limits.sh) >/dev/null
wait_settled alone
(cd merged && printf '. ./driver.sh\nsarray submit >submitted 2>&1\n' | sarray listen >/dev/null && cat submitted >&2)
(cd merged && printf '. ./limits.sh\nsarray submit >submitted2 2>&1\n' | sarray listen >/dev/null && cat submitted2 >&2)
wait_settled merged

# --- compared: file by file --------------------------------------------------------------------------------
for run in alone merged; do
  (cd "$run" && for file in *.txt; do
    [[ $file != *_ids.txt ]] || continue
    if [[ $file == ran_x.txt || $file == requeued_runs.txt ]]; then sort "$file"; else cat "$file"; fi |
      sed -E 's#/\S*/n[0-9]/job[0-9]+/slurm_script#SCRIPT#; s/slurmstepd-n[0-9]/slurmstepd-NODE/; s/AT [0-9T:-]+ /AT TIME /; s/JOB [0-9]+ ON n[0-9]/JOB/' |
      sed "s#^#$file: #"
  done) >"seen.$run"
done
diff seen.alone seen.merged || fail 'alone and merged differ'
assert_contains "$(cat seen.merged)" 'self.sh.txt: slurm_script slurm_script slurm_script SPOOL/slurm_script' 'its own name'
assert_contains "$(cat seen.merged)" 'chain3_slurm_script.txt: link 3 of slurm_script' 'the chain'
assert_contains "$(cat seen.merged)" 'limited.txt: 16' 'few descriptors'
assert_contains "$(cat seen.merged)" 'node.js.txt: slurm_script slurm_script jobN' 'a script of node'
assert_contains "$(cat seen.merged)" 'analysis.R.txt: slurm_script a b of R jobN' 'an interpreter that is given --file'
assert_contains "$(cat seen.merged)" 'sources.sh.txt: lib.sh sourced by slurm_script of 2' 'a file that a script sources'
assert_eq 3 "$(grep -c '^ran_x.txt: worker' seen.merged)" 'workers of a launcher that is its own job'
echo "$(wc -l <seen.merged) lines of output, the same alone and merged"
