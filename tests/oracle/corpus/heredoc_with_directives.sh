#!/bin/bash
#SBATCH -J outer
cat > inner.sh <<'END'
#!/bin/bash
#SBATCH -J inner
#SBATCH -t 99
END
sbatch inner.sh
