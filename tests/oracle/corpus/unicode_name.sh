#!/bin/bash
#SBATCH --job-name=größe_测试
#SBATCH --comment="naïve café"
./run
