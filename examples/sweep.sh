# Calls as people make them: an array for each dataset, a loop, a heredoc. Nothing here knows of sarray.
for dataset in iris mnist; do
  LR=0.1 sbatch --job-name="$dataset" --array=0-9 train.slurm "$dataset"
done
for threshold in 0.1 0.5 0.9 'a "quoted" value'; do
  sbatch --job-name="t-$threshold" evaluate.slurm --threshold "$threshold"
done
sbatch --time=10 --mem=50M --array=2,4-8 --output=logs/report_%a.out <<'SCRIPT'
#!/bin/sh
echo "report page $SLURM_ARRAY_TASK_ID"
SCRIPT
