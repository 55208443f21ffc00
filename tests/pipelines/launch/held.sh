#!/bin/bash
# Parents and children that their user holds.
# order: free after a
# never: waits.plain
# never: started.plain
# never: held_child.plain
# never: array.0
a=$(sbatch --parsable -J "${P}a" job.sh a 0.2)
held=$(sbatch --parsable -H -J "${P}held" job.sh held)
sbatch -J "${P}waits" -d "afterok:$held" job.sh waits
sbatch -J "${P}started" -d "after:$held" job.sh started
sbatch -H -J "${P}held_child" -d "afterok:$a" job.sh held_child
sbatch -H -J "${P}array" -a 0-2 -d "afterok:$a" job.sh array
sbatch -J "${P}free" -d "afterok:$held?afterok:$a" job.sh free
