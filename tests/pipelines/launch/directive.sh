#!/bin/bash
# Dependencies in the script. SBATCH_DEPENDENCY is no input of sbatch.
# order: b after a
# order: c after b
# order: d after a
# order: e after a
# never: never.plain
export SBATCH_DEPENDENCY=afterok:1
a=$(sbatch --parsable -J "${P}a" job.sh a 0.5)
b=$(sbatch --parsable -J "${P}b" <<END
#!/bin/bash
#SBATCH --dependency=afterok:$a
exec bash job.sh b 0.2
END
)
cat >c.slurm <<END
#!/bin/bash
#SBATCH -J nobody
#SBATCH -d afterok:$b
exec bash job.sh c
END
sbatch -J "${P}c" c.slurm
bad=$(sbatch --parsable -J "${P}bad" job.sh bad 0.2 all)
cat >d.slurm <<END
#!/bin/bash
#SBATCH --dependency=afterok:$bad
exec bash job.sh "\$1"
END
sbatch -J "${P}d" --dependency=afterok:$a d.slurm d # the command line's instead
sbatch -J "${P}free" --dependency='' d.slurm free
sbatch -J "${P}never" d.slurm never
sbatch -J "${P}e" -d afterok:$bad -d afterok:$a --wrap 'exec bash job.sh e'
