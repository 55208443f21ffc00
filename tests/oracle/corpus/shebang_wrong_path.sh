#!/no/such/shell
#SBATCH -t 5
