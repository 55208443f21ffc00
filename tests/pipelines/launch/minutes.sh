#!/bin/bash
# order: later minute server
# order: last after later
server=$(sbatch --parsable -J "${P}server" job.sh server 1)
later=$(sbatch --parsable -J "${P}later" -d after:$server+1 job.sh later)
sbatch -J "${P}last" -d afterok:$later job.sh last
