# shellcheck shell=bash disable=SC2154,SC2034 # the parts of tools/cluster share their variables
# Starting the daemons and ending them.

start_munge() {
  # Own key, own socket: nothing of this cluster is accepted by the machine's own Slurm, or the other way round.
  install -d -m 755 "$dir/munge"
  head -c 1024 /dev/urandom >"$dir/munge/key"
  chmod 400 "$dir/munge/key"
  inside chown -R munge: "$dir/munge"
  # --force: a folder above ours that others can write is then a warning.
  start munged setpriv --reuid munge --regid munge --init-groups munged --force --num-threads=4 \
    --socket="$dir/munge/socket" --key-file="$dir/munge/key" --pid-file="$dir/munge/munged.pid" \
    --log-file="$dir/munge/munged.log" --seed-file="$dir/munge/seed"
}

start_accounting() {
  # A MariaDB that starts removes all temporary tables of its tmpdir, those of others that start at the same time included.
  install -d -m 700 "$dir/mysql" "$dir/mysql-tmp"
  inside chown mysql: "$dir/mysql" "$dir/mysql-tmp"
  start mariadb-install-db mariadb-install-db --no-defaults --user=mysql --datadir="$dir/mysql" --tmpdir="$dir/mysql-tmp" --skip-test-db \
    --skip-name-resolve --auth-root-authentication-method=socket --auth-root-socket-user=root \
    --innodb-use-native-aio=0 # the kernel's queues are few, and several clusters come up at once
  # The socket must be made in a folder that mysql can write, yet be reachable by name: hence the link.
  ln -s mysql/socket "$dir/mysql.sock"
  # Durability is worth nothing here; the rest is what slurmdbd asks for or what keeps it small. The client library of Debian 13
  # refuses a server's own certificate, even through a socket (error 5027): there is none.
  start mariadbd setsid -f mariadbd --no-defaults --user=mysql --datadir="$dir/mysql" --tmpdir="$dir/mysql-tmp" --socket="$dir/mysql/socket" \
    --pid-file="$dir/mysql/mariadbd.pid" --log-error="$dir/mysql/mariadbd.log" --skip-networking --skip-ssl --skip-log-bin \
    --innodb-buffer-pool-size=128M --innodb-log-file-size=64M --innodb-lock-wait-timeout=900 \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-use-native-aio=0
  wait_until 'MariaDB' test -S "$dir/mysql/socket"
  start slurmdbd slurmdbd
  wait_until 'slurmdbd' client sacctmgr -n -i show cluster
}

nodes_idle() {
  local states
  states=$(client sinfo -h -N -p debug -o %T)
  [[ $(wc -l <<<"$states") == "${fact[nodes]}" && $(sort -u <<<"$states") == idle ]]
}

controller_up() { client scontrol ping | grep -q ' UP$'; }

start_slurm() {
  local i
  if [[ ${fact[accounting]} == 1 ]]; then start_accounting; fi
  start slurmctld slurmctld -f "$dir/etc/slurm.conf"
  # A slurmd that does not reach the controller waits seconds before it registers again.
  wait_until 'slurmctld' controller_up
  for ((i = 1; i <= fact[nodes]; i++)); do
    start "slurmd.n$i" slurmd -N "n$i" -f "$dir/etc/slurm.conf"
  done
  wait_until 'nodes idle' nodes_idle
}

show_log_tails() {
  local log
  for log in "$dir"/log/* "$dir"/munge/*.log "$dir"/mysql/*.log; do
    if [[ -s $log ]]; then
      say "--- ${log#"$dir"/}"
      tail -n 15 "$log" >&2
    fi
  done
}

# --- the end -----------------------------------------------------------------------------------------------------
# Processes are found by what they carry, not by pid files: in the middle of `up` the files are not written yet, and
# a stale file may name a stranger. Everything goes with SIGKILL, because nothing of the folder is kept.

readonly daemon_names=' munged mariadbd mariadb-install slurmdbd slurmctld slurmd slurmstepd sarray-holder '

ancestors() { # of this shell, itself included: never to be killed, even if `down` is called from a job
  local pid=$$ key value
  while ((pid > 1)); do
    echo "$pid"
    while read -r key value; do if [[ $key == PPid: ]]; then break; fi; done <"/proc/$pid/status"
    pid=$value
  done
}

# Daemons (by name, and our folder in their command line or environment) and processes of jobs (Slurm gives each
# SLURM_CONF and SLURM_JOB_ID). A shell that did `eval "$(tools/cluster env)"` has the first only and is spared.
marked_processes() {
  local pid name
  # Processes end while grep reads: that is no error.
  for pid in $(grep -lsaF -- "$dir/" /proc/[0-9]*/{cmdline,environ} 2>/dev/null | cut -d/ -f3 | sort -u || true); do
    name=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
    if [[ $daemon_names == *" $name "* ]] ||
      { grep -qsaz '^SLURM_JOB_ID=' "/proc/$pid/environ" && grep -qsaFz "SLURM_CONF=$dir/" "/proc/$pid/environ"; }; then
      echo "$pid"
    fi
  done
  # A slurmstepd writes its title over its environment; its log file still tells.
  for pid in $(pgrep -x slurmstepd || true); do
    if readlink "/proc/$pid"/fd/* 2>/dev/null | grep -qF -- "$dir/"; then echo "$pid"; fi
  done
  # A release cluster has a mount namespace of its own; this mount is seen from nowhere else.
  grep -lsF -- " sarray-cluster:$dir " /proc/[0-9]*/mountinfo 2>/dev/null | cut -d/ -f3 || true
}

with_descendants() { # reads pids
  awk 'NR == FNR { want[$1]; next }
       { parent[$1] = $2 }
       END { for (p in parent) for (q = p; q > 1; q = parent[q]) if (q in want) { print p; break } }' \
    - <(ps -e -o pid= -o ppid=)
}

cluster_processes() {
  comm -23 <(marked_processes | with_descendants | sort -u) <(ancestors | sort -u)
}

kill_all() {
  local tries pids
  for ((tries = 0; tries < 100; tries++)); do
    pids=$(cluster_processes)
    [[ -n $pids ]] || return 0
    # shellcheck disable=SC2086 # one word per pid
    kill -KILL $pids 2>/dev/null || true
    sleep 0.02
  done
  say "cluster: error: still running after 100 rounds of SIGKILL: $(tr '\n' ' ' <<<"$pids")"
  return 1
}

tear_down() {
  kill_all || return 1
  if [[ -d $dir ]]; then
    # Mounts of a release cluster went with its processes; should one ever remain, rm stops at it.
    rm -rf --one-file-system -- "$dir"
  fi
  release_ports
}
