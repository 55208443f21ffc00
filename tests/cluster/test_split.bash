#!/usr/bin/env bash
# What one array cannot hold: jobs that differ, and scripts that are too many for max_script_size. --split submits all, each task once,
# also if Slurm refuses one array in the middle.
# run: 8 quick
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster --kind small
cd "$TEST_DIR"
export PATH=$TEST_DIR/bin:$PATH
mkdir bin out
ln -s "$SARRAY" bin/sarray

# --- scripts that no packing makes small enough ----------------------------------------------------------------------
for i in {1..12}; do
  { printf '#!/bin/bash\necho run %s $1 >>out/%s\nexit\n' "$i" "$i"; head -c 15000 /dev/urandom | base64 -w 0; echo; } >"job$i.sh"
done
cat >session.sh <<'END'
for i in {1..12}; do sbatch -o /dev/null "job$i.sh" "a$i"; done
sarray submit 2>refused; echo "status $?" >>refused
sarray submit --split -n --json >dry.json
sarray submit --split --parsable >ids
END
sarray listen <session.sh
assert_contains "$(<refused)" 'sarray: error: the merged script is too large: ' 'one array'
assert_contains "$(<refused)" ' bytes, and this cluster accepts less than 100000 (max_script_size)' 'the figures'
mapfile -t ids <ids
assert_contains "$(<refused)" "hint: sarray submit --split would submit ${#ids[@]} arrays" 'the number of arrays'
assert_eq 4 "${#ids[@]}" 'arrays: three of these scripts fill one'
assert_eq "${#ids[@]}" "$(grep -o '"job_id":null' dry.json | wc -l)" 'arrays of the dry run'
for id in "${ids[@]}"; do wait_job "$id"; done
for i in {1..12}; do assert_eq "run $i a$i" "$(<"out/$i")" "job $i"; done

# --- Slurm refuses the third of five ---------------------------------------------------------------------------------
rm -f out/*
real=$(PATH=${PATH#*:} type -P sbatch)
mkdir site
cat >site/sbatch <<END
#!/bin/bash
[[ \$* == *--help* || \$* == *--version* ]] || echo x >>$TEST_DIR/asked
if [[ \$(wc -l <$TEST_DIR/asked) == 3 && ! -e $TEST_DIR/open ]]; then
  echo 'sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user'\''s size and/or time limits)' >&2
  exit 1
fi
exec $real "\$@"
END
chmod +x site/sbatch
: >asked
printf '#!/bin/bash\necho run $1 >>out/$1\n' >small.sh
cat >session.sh <<'END'
for i in 1 2 3 4 5; do sbatch -o /dev/null --time=$i small.sh $i; sbatch -o /dev/null --time=$i small.sh $i-b; done
sarray submit --split --parsable >ids 2>words; echo "status $?" >>words
touch open
sarray submit --split --parsable >>ids 2>words2
END
PATH=$TEST_DIR/site:$PATH sarray listen <session.sh
assert_contains "$(<words)" 'sarray: note: 2 of 5 arrays are submitted; run submit again to send the remaining 3 arrays' 'what was said'
assert_contains "$(<words)" 'Job violates accounting/QOS policy' "sbatch's words"
assert_contains "$(<words)" 'status 1' 'the status'
mapfile -t ids <ids
assert_eq 5 "${#ids[@]}" 'arrays'
for id in "${ids[@]}"; do wait_job "$id"; done
for i in 1 2 3 4 5; do
  assert_eq "run $i" "$(<"out/$i")" "job $i, once"
  assert_eq "run $i-b" "$(<"out/$i-b")" "its other, once"
done
echo "${#ids[@]} arrays after a refusal in the middle; scripts beyond max_script_size in several"
