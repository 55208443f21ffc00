#!/bin/bash
# Three at once: each job waits for the one three before it.
# order: j4 after j1
# order: j5 after j2
# order: j6 after j3
# order: j7 after j4
# order: j8 after j5
# order: j9 after j6
ids=()
for i in 1 2 3 4 5 6 7 8 9; do
  wait_for=()
  ((i <= 3)) || wait_for=(--dependency "afterany:${ids[i - 4]}")
  ids+=("$(sbatch --parsable -J "${P}j$i" "${wait_for[@]}" job.sh "j$i" 0.2 "$([[ $i == 2 ]] && echo all)")")
done
