#!/bin/bash
#SBATCH -J functions
run_one() {
  local x=$1
  ./prog "$x"
}
for i in 1 2 3; do run_one $i & done
wait
