#!/bin/bash
# The job of every pipeline: job.sh KEY [SECONDS | until:KEY.TASK [FAILING]]
# Notes in $OUT/KEY.TASK when it started and ended, so that the order can be read from it. FAILING are the task ids that exit with 3, `all`
# for a plain job. With until: it ends after another task has ended, which must not wait for this one, or fails.
task=${SLURM_ARRAY_TASK_ID-plain}
exec 9>>"$OUT/$1.$task"
echo "start $EPOCHREALTIME $SLURM_JOB_ID ${SLURM_JOB_DEPENDENCY-}" >&9
status=0
case ${2:-0} in
  0) ;;
  until:*)
    for ((i = 0; i < 600; i++)); do
      ! grep -q ^end "$OUT/${2#until:}" 2>/dev/null || break
      sleep 0.2
    done
    ((i < 600)) || status=4
    ;;
  *) sleep "$2" ;;
esac
case ,${3-}, in *,"$task",* | *,all,*) status=3 ;; esac
echo "end $EPOCHREALTIME $status" >&9
exit "$status"
