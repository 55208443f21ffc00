#!/bin/bash
# order: beside started server
# order: beside_all started servers
# order: client after beside
# order: late started servers
first=$(sbatch --parsable -J "${P}first" job.sh first 2)
server=$(sbatch --parsable -J "${P}server" -d afterok:$first job.sh server 2)
servers=$(sbatch --parsable -J "${P}servers" -a 0-2 -d after:$server job.sh servers 1)
beside=$(sbatch --parsable -J "${P}beside" -d after:$server job.sh beside)
sbatch -J "${P}beside_all" -d after:$servers job.sh beside_all
sbatch -J "${P}client" -d after:$server,afterok:$beside job.sh client
sbatch -J "${P}late" -d "after:$servers,after:$server" job.sh late
