# shellcheck shell=bash disable=SC2154,SC2034 # the parts of tools/cluster share their variables
# A cluster of another Debian's Slurm. The daemons run in a chroot: an overlay over a cached system, so that clusters
# do not write into the cache. It is mounted in a mount namespace of the cluster's own, kept by a sleeping process,
# the holder: nothing of it is visible outside, and the kernel undoes the mounts when the last process has gone.

release_cache=${SARRAY_RELEASE_CACHE:-/var/cache/sarray}
# Slurm 20.11, 24.11 and Debian's newest. A cached sid keeps the Slurm of the day it was made.
releases=(bullseye trixie sid)
release_packages=slurmctld,slurmd,slurm-client,munge,make,python3 # the last two: for launch scripts
# Client commands that $dir/bin has wrappers of.
release_commands=(sbatch srun salloc squeue scancel scontrol sinfo sacct sacctmgr sattach sstat sprio sdiag)

is_release() { [[ " ${releases[*]} " == *" $1 "* ]]; } # NAME

prepare_release() {
  mkdir -p "$release_cache"
  (
    flock 9
    make_release "$release_cache/${fact[release]}"
  ) 9>"$release_cache/${fact[release]}.lock"
}

make_release() { # SYSTEM
  local system=$1 partial=$1.partial
  if [[ ! -d $system ]]; then
    say "cluster: making a Debian ${fact[release]} in $system (once, some minutes)"
    rm -rf --one-file-system -- "$partial"
    # In a namespace of its own, what debootstrap mounts goes with it even if it is killed.
    unshare --mount --propagation private debootstrap --variant=minbase --include="$release_packages" \
      "${fact[release]}" "$partial" "${SARRAY_RELEASE_MIRROR:-http://deb.debian.org/debian}" \
      >"$system.log" 2>&1 9>&- || die "debootstrap ${fact[release]}: $(tail -n 5 "$system.log")"
    # No package installed later may start its services, which would run on this machine outside any cluster.
    printf '#!/bin/sh\nexit 101\n' >"$partial/usr/sbin/policy-rc.d"
    chmod 755 "$partial/usr/sbin/policy-rc.d"
    rm -f "$partial"/var/cache/apt/archives/*.deb
    mv "$partial" "$system"
  fi
  # A system that an earlier version of this file made.
  [[ -x $system/usr/bin/python3 ]] || add_packages "$system" python3
  [[ -x $system/usr/bin/make ]] || add_packages "$system" make
  if [[ ${fact[accounting]} == 1 && ! -x $system/usr/sbin/slurmdbd ]]; then add_packages "$system" slurmdbd mariadb-server; fi
}

add_packages() { # SYSTEM PACKAGE...
  local system=$1
  say "cluster: adding ${*:2} to $system"
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare --mount --propagation private bash -c 'mount -t proc proc "$1/proc"; cp /etc/resolv.conf "$1/etc/"
    export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin
    chroot "$1" apt-get -qq -o Acquire::Check-Valid-Until=false update && chroot "$1" apt-get -qq install -y --no-install-recommends "${@:2}" &&
      chroot "$1" apt-get clean' \
    install "$@" >"$system.log" 2>&1 9>&- || die "${*:2} in $system: $(tail -n 5 "$system.log")"
}

# What the holder does: $1 is the cluster's folder, $2 the cached system. The overlay's source names the cluster:
# by that text in their mountinfo its processes are found (marked_processes).
# shellcheck disable=SC2016 # expanded by the holder
holder_script='
set -eu
echo sarray-holder >/proc/$$/comm
mount -t overlay "sarray-cluster:$1" -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root"
for tree in proc dev sys; do mount --rbind "/$tree" "$1/root/$tree"; done
mount --bind "$1/tmp" "$1/root/tmp"
cp -L /etc/hosts /etc/resolv.conf "$1/root/etc/"
touch "$1/run/holder.ready"
exec -a "sarray-holder $1/" sleep infinity'

enter_release() {
  local path
  mkdir "$dir"/{root,upper,work,bin}
  mkdir -m 1777 "$dir/tmp"
  # The mode is the chroot's root directory seen through the overlay.
  chmod 755 "$dir/upper"
  setsid unshare --mount --propagation private bash -c "$holder_script" sarray-holder "$dir" \
    "$release_cache/${fact[release]}" </dev/null >"$dir/log/holder.log" 2>&1 &
  fact[holder]=$!
  disown # or the shell reports its end on stderr
  wait_until 'chroot' holder_ready
  for path in "$dir" "${bind_paths[@]}"; do bind_inside "$path"; done
  write_wrappers
}

holder_ready() {
  [[ -e $dir/run/holder.ready ]] && return
  # Died: a word that wait_until does not wait after.
  if [[ ! -d /proc/${fact[holder]} ]]; then echo "fatal: $(cat "$dir/log/holder.log")"; fi
  return 1
}

in_namespace() {
  local holder=${fact[holder]-}
  grep -qsF " sarray-cluster:$dir " "/proc/$holder/mountinfo" || die "$dir: the cluster's chroot is gone"
  nsenter --mount="/proc/$holder/ns/mnt" "$@"
}

bind_inside() { # PATH, made visible in the chroot under the same name
  # shellcheck disable=SC2016 # expanded by the inner shell
  in_namespace bash -c 'set -eu
    if mountpoint -q "$2"; then exit 0; fi
    if [[ -d $1 ]]; then mkdir -p "$2"; else mkdir -p "$(dirname "$2")"; touch "$2"; fi
    mount --rbind "$1" "$2"' bind "$1" "$dir/root$1"
}

# The caller's PATH goes along (a bound folder may stand in it), but for our wrappers, which would lead back here; the
# machine's ordinary users exist inside, too, with the same ids.
inside_release() {
  local path=${PATH//"$dir/bin:"/}
  # shellcheck disable=SC2016 # expanded by the inner shells
  PATH=$path:/usr/local/sbin:/usr/sbin:/sbin in_namespace bash -c '
    root=$1 cwd=$2
    shift 2
    for file in passwd group; do
      awk -F: "NR == FNR { have[\$1]; next } \$3 >= 1000 && \$3 < 60000 && !(\$1 in have)" \
        "$root/etc/$file" "/etc/$file" >>"$root/etc/$file"
    done
    exec chroot "$root" sh -c "cd -- \"\$1\" 2>/dev/null || cd /; shift; exec \"\$@\"" sh "$cwd" "$@"' \
    inside "$dir/root" "$PWD" "$@"
}

write_wrappers() {
  local name
  for name in "${release_commands[@]}"; do
    printf '#!/bin/sh\nexec %q exec --dir %q -- %s "$@"\n' "$here/cluster" "$dir" "$name" >"$dir/bin/$name"
    chmod 755 "$dir/bin/$name"
  done
}
