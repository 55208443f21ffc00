#!/usr/bin/env bash
# A task is killed, or requeued, at any moment while the dispatcher puts the job's script in its place: what has run then is nothing, or its
# own script; what runs after the requeue is its own script, whole. Also if Slurm's folder on the node is read-only.
# run: 60
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"

# The node's TaskProlog is a child of the process that becomes the task. That gets a signal before its n-th system call of a kind: it is
# killed there, or stopped until the test requeues it.
cat >"$TEST_DIR/prolog" <<END
#!/bin/bash
cd $TEST_DIR && [[ -z \${SLURM_RESTART_COUNT-} && -n \${SLURM_ARRAY_TASK_ID-} && -e points ]] || exit 0
mapfile -t points <points
point=\${points[SLURM_ARRAY_TASK_ID]}
if [[ \$point == read-only ]]; then
  read -r spool <spool
  printf -v folder '%s/job%05d' "\${spool//%n/\$SLURMD_NODENAME}" "\$SLURM_JOB_ID"
  mount --bind "\$folder" "\$folder" && mount -o remount,bind,ro "\$folder" && echo "\$folder" >>mounted
  exit 0
fi
setsid strace -qqq -p \$PPID -o log.\$SLURM_ARRAY_TASK_ID -e trace=openat,read,write,execve -e inject="\$point" </dev/null >/dev/null 2>&1 &
until grep -q '^TracerPid:[[:space:]]*[1-9]' /proc/\$PPID/status; do :; done
END
chmod 755 "$TEST_DIR/prolog"
touch "$TEST_DIR/mounted"
umount_all() { while read -r folder; do umount -l "$folder" || :; done <"$TEST_DIR/mounted"; }
at_exit umount_all
need_cluster --own --cpus 40 --conf TaskProlog="$TEST_DIR/prolog"
cd "$TEST_DIR"
export SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION SARRAY_NAMES
scontrol show config | sed -n 's/^SlurmdSpoolDir *= //p' >spool

# --- each moment has a job, with a script of its own, of many lines
for n in {1..45..2}; do echo "write:signal=KILL:when=$n"; done >points
for n in {1..33..2}; do printf '%s\n' "openat:signal=KILL:when=$n" "read:signal=KILL:when=$n"; done >>points
for n in {2..44..3}; do echo "write:signal=STOP:when=$n"; done >>points
printf '%s\n' execve:signal=KILL:when=2 execve:signal=STOP:when=2 openat:signal=STOP:when={16,20,24,28} read-only >>points
count=$(wc -l <points)
for ((n = 0; n < count; n++)); do
  printf '#!/bin/bash\necho "job %d of $1: $(cksum <"$0")"\n' "$n" >"job$n.sh"
  for ((line = 0; line < 40; line++)); do echo ": '$n.$line'"; done >>"job$n.sh"
  echo "echo 'end $n'" >>"job$n.sh"
  printf 'job %d of %d: %s\nend %d\n' "$n" "$n" "$(cksum <"job$n.sh")" "$n" >"want$n"
  echo "sbatch -o out$n --requeue job$n.sh $n"
done >queue
sarray submit queue --parsable >id 2>err || fail "$(cat err)"
id=$(cat id)
point() { sed -n "$(($1 + 1))p" points; } # JOB

# --- until every task has ended or stands still
states() { squeue -h -r -t all -j "$id" -o '%K %T %r'; }
# shellcheck disable=SC2034 # it is of wait_until
wait_shows=states
is_stopped() { [[ -e log.$1 ]] && grep -q 'stopped by SIGSTOP' "log.$1"; }
all_reached() {
  local index state
  while read -r index state _; do
    case $state in
      COMPLETED | FAILED) ;;
      RUNNING) is_stopped "$index" || return ;;
      *) return 1 ;;
    esac
  done < <(states)
}
SARRAY_TEST_PATIENCE=300 wait_until 'each task has ended or stands still' all_reached
states >reached
sed -i '/^slurmstepd/d' "out$((count - 1))" # it cannot remove the folder
for ((n = 0; n < count; n++)); do
  [[ ! -s out$n ]] || cmp -s -n "$(stat -c %s "out$n")" "out$n" "want$n" || fail "job $n, $(point "$n"): $(cat "out$n")"
done
mapfile -t killed < <(awk '$2 == "FAILED" { print $1 }' reached)
mapfile -t stopped < <(awk '$2 == "RUNNING" { print $1 }' reached)
# Of these some had written a part of the script: its lines, and no exec after them.
partly=0
for n in "${killed[@]}" "${stopped[@]}"; do
  [[ ! -e log.$n ]] || ! awk '/write\(1, ": / { n++ } /execve/ { n = 0 } END { exit !(n > 0 && n < 40) }' "log.$n" || partly=$((partly + 1))
done
echo "${#killed[@]} killed and ${#stopped[@]} stopped of $count, $partly of them in the middle of the script"
((${#killed[@]} >= 20 && ${#stopped[@]} >= 5 && partly >= 5)) || fail "too few: $(tail -n 2 log.*)"

# --- requeued, they run their own script, whole
for n in "${killed[@]}" "${stopped[@]}"; do
  wait_until "task $n is requeued" scontrol requeue "${id}_$n" 2>/dev/null
done
all_completed() {
  local index state left=0
  while read -r index state _; do
    [[ $state == COMPLETED ]] || left=$((left + 1))
    # It would wait for two minutes.
    [[ $state != PENDING ]] || scontrol update "jobid=${id}_$index" StartTime=now 2>/dev/null || :
    # Slurm 22.05 may take the end of what it has cancelled for the requeue for the task's own.
    [[ $state != FAILED ]] || ! grep -q 'DUE TO JOB REQUEUE' "out$index" || scontrol requeue "${id}_$index" 2>/dev/null || :
  done < <(states)
  ((left == 0))
}
SARRAY_TEST_PATIENCE=300 wait_until 'all are completed' all_completed
for ((n = 0; n < count; n++)); do cmp -s "out$n" "want$n" || fail "job $n, $(point "$n"): $(cat "out$n")"; done
[[ -s mounted ]] || fail 'no folder was read-only'
echo "all $count ran their own scripts, whole"
