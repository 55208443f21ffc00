#!/bin/bash
#SBATCH -J outer
cat > inner.pbs <<'END'
#PBS -N inner
END
