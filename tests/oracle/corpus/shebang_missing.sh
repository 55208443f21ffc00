#SBATCH -t 5
#SBATCH -J no_shebang
echo x
