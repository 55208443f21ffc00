# shellcheck shell=bash disable=SC2154,SC2034 # the parts of tools/cluster share their variables
# What every part of tools/cluster uses: messages, the folder of a cluster and the facts remembered in it,
# commands run inside it, TCP ports, polling.

say() { printf '%s\n' "$*" >&2; }
die() {
  say "cluster: error: $*"
  exit 1
}

# dir: the cluster's folder (absolute, symlinks resolved: processes are recognised by this text).
# fact: what `up` remembers for the other commands, one key=value a line in $dir/facts.
dir=
declare -A fact=()

# Only a folder that `up` made is ever entered or removed; the mark file says so. Its owner is checked because
# root acts on what it says.
is_cluster_dir() { [[ -f $1/.sarray-cluster && -O $1/.sarray-cluster ]]; }

load_facts() {
  local key value
  fact=()
  [[ -f $dir/facts ]] || return 0
  while IFS='=' read -r key value; do fact[$key]=$value; done <"$dir/facts"
}

save_facts() {
  local key
  for key in "${!fact[@]}"; do printf '%s=%s\n' "$key" "${fact[$key]}"; done >"$dir/facts.new"
  mv "$dir/facts.new" "$dir/facts"
}

# Runs a command where the cluster's daemons run: here, or in the chroot of a foreign release.
# The environment of this shell goes along.
inside() {
  if [[ -z ${fact[release]-} ]]; then "$@"; else inside_release "$@"; fi
}

# A daemon must not inherit the caller's SLURM_*/SBATCH_* variables (they would reach the jobs), nor its terminal
# or pipes (a caller's "$(tools/cluster up)" would wait for the daemon to close them).
start() { # NAME COMMAND...
  local name=$1
  shift
  SLURM_CONF=$dir/etc/slurm.conf MYSQL_UNIX_PORT=$dir/mysql.sock \
    inside env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    SLURM_CONF="$dir/etc/slurm.conf" MYSQL_UNIX_PORT="$dir/mysql.sock" \
    "$@" </dev/null >"$dir/log/$name.out" 2>&1
}

client() { SLURM_CONF=$dir/etc/slurm.conf inside "$@"; }

deadline=0 # of the whole start, in $SECONDS; a fast machine never waits for it
wait_until() { # WHAT COMMAND...
  local what=$1 log output
  shift
  until output=$("$@" 2>&1); do
    # Who has given up will not become ready: say so at once.
    if [[ $output == *fatal:* ]]; then die "$what: $output"; fi
    for log in "$dir"/log/*.log; do
      if grep -qs '\] fatal:' "$log"; then die "$what: ${log##*/}: $(grep -m1 -o 'fatal:.*' "$log")"; fi
    done
    ((SECONDS < deadline)) || die "$what: not ready after $start_limit s: $output"
    sleep 0.05
  done
}

# --- TCP ports ---------------------------------------------------------------------------------------------------
# Slurm cannot be told "any free port", so clusters that start at the same time agree through one register: lines
# "PORT DIR", changed under a lock, worth as long as the folder exists. It lives in /run because only root writes
# there (no symlink games) and a reboot empties it. 20000 up lies below the kernel's range for outgoing connections.
readonly port_register=/run/sarray-cluster.ports
readonly first_port=20000 last_port=29999

ports_in_use() { # decimal local ports of all TCP sockets
  awk 'FNR > 1 { n = split($2, a, ":"); print strtonum0(a[n]) }
       function strtonum0(h,  i, v) { for (i = 1; i <= length(h); i++) v = v * 16 + index("0123456789ABCDEF", substr(h, i, 1)) - 1; return v }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null || true
}

# Lines of the register whose cluster exists, without those of the folder $1.
live_reservations() {
  local port owner
  while read -r port owner; do
    if [[ $owner != "$1" && -d $owner ]]; then echo "$port $owner"; fi
  done <"$port_register"
}

# The lock is held by a subshell: it goes with it when a signal leads the main shell to its trap, which locks again.
lock_register() { flock -w 20 9 || die "$port_register: locked for 20 s"; }

reserve_ports() { # COUNT -> sets the array `ports`
  local list
  list=$(choose_ports "$1" 9>>"$port_register")
  mapfile -t ports <<<"$list"
}

choose_ports() ( # COUNT, prints the ports
  lock_register
  chosen=()
  declare -A taken=()
  kept=$(live_reservations "$dir")
  for port in $(ports_in_use) $(cut -d' ' -f1 <<<"$kept"); do taken[$port]=1; done
  for ((port = first_port; port <= last_port && ${#chosen[@]} < $1; port++)); do
    if [[ -z ${taken[$port]-} ]]; then chosen+=("$port"); fi
  done
  ((${#chosen[@]} == $1)) || die "no $1 free TCP ports between $first_port and $last_port"
  {
    [[ -z $kept ]] || echo "$kept"
    printf "%s $dir\n" "${chosen[@]}"
  } >"$port_register"
  printf '%s\n' "${chosen[@]}"
)

release_ports() {
  [[ -e $port_register ]] || return 0
  (
    lock_register
    kept=$(live_reservations "$dir")
    if [[ -n $kept ]]; then echo "$kept"; fi >"$port_register"
  ) 9>>"$port_register"
}
