# shellcheck shell=bash disable=SC2154,SC2034 # the parts of tools/cluster share their variables
# The configuration files of a cluster.

# Keys that name one more thing each time; every other key of --conf replaces the line we wrote.
repeatable_keys=' nodename partitionname nodeset downnodes include '

slurm_version() { # -> 2205 for 22.05.8
  local version
  version=$(inside slurmctld -V)
  [[ $version =~ ([0-9]+)\.([0-9]+) ]] || die "slurmctld -V says '$version'"
  echo $((10#${BASH_REMATCH[1]} * 100 + 10#${BASH_REMATCH[2]}))
}

write_config() {
  local host version
  host=$(hostname -s)
  version=$(slurm_version)
  fact[version]=$version
  {
    base_config "$host"
    if [[ ${fact[accounting]} == 1 ]]; then accounting_config "$version"; fi
    node_config "$host"
  } >"$dir/etc/slurm.conf"
  apply_overrides "${conf_overrides[@]}"
  # From 23.11 on a cgroup plugin is loaded even where nothing uses it, and fails without systemd.
  if ((version >= 2311)); then echo 'CgroupPlugin=disabled' >"$dir/etc/cgroup.conf"; fi
  # A plugstack.conf beside slurm.conf keeps the machine's SPANK plugins out.
  : >"$dir/etc/plugstack.conf"
  chmod 644 "$dir"/etc/*
  # slurmdbd insists.
  if [[ -e $dir/etc/slurmdbd.conf ]]; then chmod 600 "$dir/etc/slurmdbd.conf"; fi
}

base_config() { # HOST
  cat <<END
ClusterName=sarray
SlurmctldHost=$1(127.0.0.1)
SlurmctldPort=${fact[ctld_port]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/munge/socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/run/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd.%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.%n.log
PlugStackConfig=$dir/etc/plugstack.conf
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
MailProg=/bin/true
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1,default_queue_depth=10000,max_rpc_cnt=0
MaxArraySize=${fact[max_array_size]}
MaxJobCount=200000
MinJobAge=300
InactiveLimit=0
KillWait=5
JobRequeue=1
ReturnToService=2
SlurmctldTimeout=300
SlurmdTimeout=300
MessageTimeout=60
END
}

node_config() { # HOST
  local i list ports=()
  read -ra ports <<<"${fact[node_ports]}"
  for ((i = 1; i <= fact[nodes]; i++)); do
    echo "NodeName=n$i NodeHostname=$1 NodeAddr=127.0.0.1 Port=${ports[i - 1]} CPUs=${fact[cpus]} RealMemory=8000 State=UNKNOWN"
  done
  list=n1
  if ((fact[nodes] > 1)); then list="n[1-${fact[nodes]}]"; fi
  # Two partitions, so that a test can tell which one a job was sent to.
  echo "PartitionName=debug Nodes=$list Default=YES MaxTime=INFINITE State=UP"
  echo "PartitionName=other Nodes=$list MaxTime=INFINITE State=UP"
}

apply_overrides() { # KEY=VALUE...
  local line key
  for line in "$@"; do
    key=${line%%=*}
    if [[ $repeatable_keys != *" ${key,,} "* ]]; then
      awk -v key="${key,,}" 'tolower(substr($0, 1, index($0, "=") - 1)) != key' "$dir/etc/slurm.conf" >"$dir/etc/slurm.conf.new"
      mv "$dir/etc/slurm.conf.new" "$dir/etc/slurm.conf"
    fi
    printf '%s\n' "$line" >>"$dir/etc/slurm.conf"
  done
}

accounting_config() { # VERSION
  # AccountingStorageEnforce=none is the default, and 22.05 refuses the word.
  cat <<END
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${fact[dbd_port]}
# For connections to slurmdbd, this and not AuthInfo names the munge socket.
AccountingStoragePass=$dir/munge/socket
END
  # `sacct -B` reads what these flags keep; 20.11 has no such thing.
  if (($1 >= 2108)); then echo 'AccountingStoreFlags=job_script,job_env,job_comment'; else echo 'AccountingStoreJobComment=YES'; fi
  # The library finds the private MariaDB through MYSQL_UNIX_PORT (see start): slurmdbd.conf has no word for a socket.
  cat >"$dir/etc/slurmdbd.conf" <<END
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
DbdHost=$(hostname -s)
DbdAddr=127.0.0.1
DbdPort=${fact[dbd_port]}
SlurmUser=root
PidFile=$dir/run/slurmdbd.pid
LogFile=$dir/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm_acct_db
END
}
