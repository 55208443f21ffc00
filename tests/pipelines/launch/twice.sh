#!/bin/bash
# The same condition more than once, conditions that contradict each other, and several options of which one counts.
# order: same after a
# order: one after a
# order: either any a b
# order: always any a bad
# order: last after b
# order: over_variable after b
# order: marked after b
# never: contradiction.plain
# never: lost.plain
a=$(sbatch --parsable -J "${P}a" job.sh a 0.3)
b=$(sbatch --parsable -J "${P}b" job.sh b 0.6)
bad=$(sbatch --parsable -J "${P}bad" job.sh bad 0.2 all)
sbatch -J "${P}same" -d "afterok:$a:$a,afterok:$a,AFTEROK:$a" job.sh same
sbatch -J "${P}one" -d "afterok:$a?afterok:$a" job.sh one
sbatch -J "${P}either" -d "afterok:$a?afterany:$b" job.sh either
sbatch -J "${P}always" -d "afterok:$bad?afternotok:$bad" job.sh always
sbatch -J "${P}contradiction" -d "afterok:$bad,afternotok:$bad" job.sh contradiction
sbatch -J "${P}lost" -d "afterany:$a:$bad,afterok:$bad" job.sh lost
sbatch -J "${P}last" -d "afterok:$bad" --dependency="afterok:$b" job.sh last
SBATCH_DEPENDENCY=afterok:$a sbatch -J "${P}variable" job.sh variable
SBATCH_DEPENDENCY=afterok:$bad sbatch -J "${P}over_variable" -d "afterok:$b" job.sh over_variable
cat >marked.slurm <<END
#!/bin/bash
#SBATCH -d afterok:$bad
#SBATCH --dependency=afterok:$b
exec bash job.sh marked
END
SBATCH_DEPENDENCY=afterok:$b sbatch -J "${P}marked" marked.slurm
for none in '' 0; do
  sbatch -J "${P}none$none" -d "$none" job.sh "none$none"
done
SLURM_JOB_DEPENDENCY=afterok:1 sbatch -J "${P}claimed" job.sh claimed
SLURM_JOB_DEPENDENCY=afterok:1 sbatch -J "${P}claimed_too" -d "afterok:$a" job.sh claimed_too
