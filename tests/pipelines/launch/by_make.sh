#!/bin/bash
# order: index after fetch
# order: align1 after index
# order: align2 after index
# order: align3 after index
# order: merge after align1 align2 align3
cat >Makefile <<'END'
after = -d afterok:$(shell cat $(1) | paste -sd: -)
merge.id: align1.id align2.id align3.id
	sbatch --parsable -J $(P)merge $(call after,$^) job.sh merge >$@
align%.id: index.id
	sbatch --parsable -J $(P)align$* $(call after,$^) job.sh align$* 0.$* >$@
index.id: fetch.id
	sbatch --parsable -J $(P)index $(call after,$^) job.sh index 0.2 >$@
fetch.id:
	sbatch --parsable -J $(P)fetch job.sh fetch 0.2 >$@
END
exec make -s -j 3 merge.id
