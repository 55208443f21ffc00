#!/bin/bash
# A list with `?` is an "or", the whole of it.
# order: first any quick slow
# order: rescued any bad slow
# order: mixed any bad quick
# order: notok any bad quick
# never: lost.plain
quick=$(sbatch --parsable -J "${P}quick" job.sh quick 0.2)
slow=$(sbatch --parsable -J "${P}slow" job.sh slow 1.5)
bad=$(sbatch --parsable -J "${P}bad" job.sh bad 0.2 all)
worse=$(sbatch --parsable -J "${P}worse" job.sh worse 0.3 all)
sbatch -J "${P}first" -d "afterok:$quick?afterok:$slow" job.sh first
sbatch -J "${P}rescued" -d "afterok:$bad?afterok:$slow" job.sh rescued
sbatch -J "${P}mixed" -d "afternotok:$quick?afterany:$bad" job.sh mixed
sbatch -J "${P}notok" -d "afternotok:$bad?afternotok:$quick" job.sh notok
sbatch -J "${P}lost" -d "afterok:$bad?afterok:$worse" job.sh lost
