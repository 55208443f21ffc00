"""Values for each of sbatch's options, good and bad: what generate.py draws from.

An option: (long name, letter, arity, variables, good values, bad values). Arity is n(one), r(equired) or o(ptional).
Options that need a file, another user, a database or another cluster are given values that sbatch takes without looking.
"""

COUNTS = ["1", "2", "4", "16", "+3", " 8", "007"]
BAD_COUNTS = ["0", "-1", "2147483647", "x", "", "1.5", "2x", "4 ", "=4", "99999999999999999999", "4294967295"]
MEMORY = ["0", "100", "4G", "4g", "4GB", "4gb", "1024M", "2048K", "1000k", "1T", "+5", " 7", "1025KB", "4096MB"]
BAD_MEMORY = ["", "x", "-1", "4X", "4GiB", "4 G", "4.5G", "G", "0x10", "4GBB", "99999999999999999999"]
TIMES = ["5", "0", "05:30", "1:2:3", "1-0", "1-2:3", "1-2:3:4", "UNLIMITED", "infinite", "-1", "0:01", "0:59", "00:00:01",
         "100:00:00", "7-00:00:00", "90", "120:00"]
BAD_TIMES = ["", "x", "1:2:3:4", "1-2-3", "5m", "1h", ":5", "1:", "-5", "1-", "-", "5:5-1", "1 ", " 5", "1:-2", "1-1:", "2.5"]
TEXTS = ["a", "gpu_long", "a b", "A,B", "x#y", "it's", 'say "hi"', "é", "a\\b", "--x", "", "-", "k=v", "$HOME", "~", "*", "a:b", ";"]
NAMES = ["job", "my job", "a/b", "run-1", "", "x#1", "'q'", "ä", "%j"]
PATHS = ["out.txt", "logs/%x-%j.out", "/tmp/%A_%a.log", "none", "", "a b.txt", "~/x", "../up.out"]
GPUS = ["1", "2", "tesla:1", "a100:2,v100:1", "", "0"]
BEGIN = ["now", "now+1hour", "now+2days", "now+60", "16:00", "16:00:30", "4:00pm", "tomorrow", "midnight", "noon", "teatime", "fika",
         "today", "2031-01-02", "2031-01-02T03:04", "2031-01-02T03:04:05", "01/02/31", "0102", "1.2.31-12:00", "uts1999999999",
         "now + 3 weeks", "tomorrow 8:00", "elevenses", "tomorrow elevenses"]
BAD_BEGIN = ["", "x", "25:00", "12:60", "2031-13-01", "2031-01-32", "now+x", "now+", "nowish", "uts5", "13:00pm", "99", "-", "1:2",
             "12:00 noonish", "now-", "01/32/31", "yesterday"]

TABLE = [
    ("account", "A", "r", ["SBATCH_ACCOUNT"], TEXTS, []),
    ("acctg-freq", "", "r", ["SBATCH_ACCTG_FREQ"], ["30", "task=10", "task=10,energy=20", "energy=5,network=3,filesystem=1", "0", ""],
     ["x", "task=", "task=x", "foo=1", "30,x", "-1"]),
    ("array", "a", "r", ["SBATCH_ARRAY_INX"], ["0-3", "1,3,5", "0-10:2", "5", "1-3%2", "", ",", "[1-2]", "010", "1-2,", "%5", "0-", "7,3",
     "1-5:10", "+1", "1%1,2"], ["3-1", "x", "1-", "-3", "1:2", "1.5", "1-5:0", "0x10", "1-3:1x", "10001", "1 -2", "1-5:-1"]),
    ("batch", "", "r", ["SBATCH_BATCH"], TEXTS, []),
    ("bb", "", "r", ["SBATCH_BURST_BUFFER"], ["capacity=1G"], []),
    ("begin", "b", "r", [], BEGIN, BAD_BEGIN),
    ("chdir", "D", "r", [], ["/tmp", "sub", ".", "/nonexistent", "a b", ""], []),
    ("cluster-constraint", "", "r", ["SBATCH_CLUSTER_CONSTRAINT"], TEXTS, []),
    ("cluster", "", "r", [], ["c1"], []),
    ("clusters", "M", "r", ["SBATCH_CLUSTERS", "SLURM_CLUSTERS"], ["c1", "c1,c2", ""], []),
    ("comment", "", "r", [], TEXTS, []),
    ("constraint", "C", "r", ["SBATCH_CONSTRAINT"], ["intel", "intel&gpu", "a|b", "[rack1|rack2]", "a*2", ""], []),
    ("container", "", "r", ["SBATCH_CONTAINER"], ["/tmp/c"], []),
    ("context", "", "r", [], TEXTS, []),
    ("contiguous", "", "n", [], [], []),
    ("core-spec", "S", "r", ["SBATCH_CORE_SPEC"], ["0", "1", "2", ""], ["x", "-1", "1x"]),
    ("cores-per-socket", "", "r", [], COUNTS, BAD_COUNTS),
    ("cpu-freq", "", "r", ["SBATCH_CPU_FREQ_REQ"], ["low", "medium", "high", "highm1", "2400000", "OnDemand", "performance", "1000-2000",
     "low-high", "1000-2000:userspace", "low-high:OnDemand", "User"], ["", "x", "high-low", "2000-1000", "low:OnDemand", "perf:perf",
     "low-high:x", "low-x", "0", "Conservative", "PowerSave", "1-2:", "2400x", "1000-2000x", "1000:userspace", "1000-2000:UserSpace"]),
    ("cpus-per-gpu", "", "r", ["SBATCH_CPUS_PER_GPU"], COUNTS, BAD_COUNTS),
    ("cpus-per-task", "c", "r", [], COUNTS, BAD_COUNTS),
    ("deadline", "", "r", [], BEGIN[1:3] + BEGIN[13:17], BAD_BEGIN),
    ("delay-boot", "", "r", ["SBATCH_DELAY_BOOT"], ["5", "0", "1:30", "1-0"], ["x", "", "5m"]),
    ("dependency", "d", "r", [], ["afterok:1", "afterany:1:2", "after:3+5", "afterok:1,afterany:2", "afterok:1?afternotok:2", "", "0"],
     ["afterok:", "afterok:abc", "afterok", "foo:1", "afterok:1,", "after:1+0", "x", ",afterok:1", "afterok:0", "afterok:1_x"]),
    ("distribution", "m", "r", ["SBATCH_DISTRIBUTION"], ["block", "cyclic", "block:cyclic", "cyclic:fcyclic", "*:*", "block:*", "BLOCK",
     "block,pack", "cyclic,nopack", "block:block:block", "plane=2", "*", "*:*:*", "PLANE=1", "block:cyclic,pack"],
     ["", "x", "plane", "plane=0", "plane=x", "block:x", "block,foo", ",", "block:block:block:block", "pack", "unknown"]),
    ("error", "e", "r", ["SBATCH_ERROR"], PATHS, []),
    ("exclude", "x", "r", [], ["n1", "n[1-3]", "n1,n2", "", "a b"], []),
    ("exclusive", "", "o", ["SBATCH_EXCLUSIVE"], ["user", "mcs", "exclusive", "oversubscribe", "USER", "topo", "allocation", "Topo", ""], ["x", "yes", "allocations"]),
    ("export", "", "r", ["SBATCH_EXPORT"], ["ALL", "NONE", "none", "A,B=1", "ALL,X=1", "", "NIL", "'A=1,2',B", "X=a b"], []),
    ("export-file", "", "r", [], ["hosts.txt"], []),
    ("extra-node-info", "B", "r", [], ["1", "1:1", "1:2:1", "*", "*:2", "2:*:1", "1-2", "1:1-2", "1k", ""], ["x", "1:x", "-1", "1:1:x",
     "1x", "1-", "1-0"]),
    ("get-user-env", "", "o", ["SBATCH_GET_USER_ENV"], ["5", "5S", "5L", "10s", "", "L"], ["x", "5x"]),
    ("gid", "", "r", [], ["0", "root", "99"], []),
    ("gpu-bind", "", "r", ["SBATCH_GPU_BIND"], ["closest", "none", "map_gpu:0,1", "mask_gpu:0x3,0x1", "single:2", "per_task:1",
     "verbose,closest", "c", "map_gpu:0*2", "", "map:0,1", "mask:0x3", "closest+gres/shard:none"], ["n", "map:x", "+", "closest+gpu:none","x", "map_gpu:x", "mask_gpu:g", "closest;x", "single:-1", "verbose"]),
    ("gpu-freq", "", "r", ["SBATCH_GPU_FREQ"], ["medium", "high", "450", "medium,memory=high", "verbose", "low,verbose"],
     ["", "x", "memory=x", "HIGH", "4x", "foo=1", "450;1"]),
    ("gpus", "G", "r", ["SBATCH_GPUS"], GPUS, []),
    ("gpus-per-node", "", "r", ["SBATCH_GPUS_PER_NODE"], GPUS, []),
    ("gpus-per-socket", "", "r", ["SBATCH_GPUS_PER_SOCKET"], GPUS, []),
    ("gpus-per-task", "", "r", ["SBATCH_GPUS_PER_TASK"], GPUS, []),
    ("gres", "", "r", ["SBATCH_GRES"], ["gpu:1", "gpu:a100:2", "gpu:1,shard:2", "gres:gpu:1", "gres/gpu:1", "shard:1", "none", "NONE", "",
     "help"], []),
    ("gres-flags", "", "r", ["SBATCH_GRES_FLAGS"], ["disable-binding", "enforce-binding", "Enforce-Binding",
     "multiple-tasks-per-sharing", "one-task-per-sharing", "enforce-binding,multiple-tasks-per-sharing", "disable-binding,,"],
     ["", "x", "disable", "allow-task-sharing", "disable-binding,enforce-binding", "x,disable-binding",
      "one-task-per-sharing,multiple-tasks-per-sharing", ","]),
    ("hint", "", "r", ["SLURM_HINT", "SBATCH_HINT"], ["compute_bound", "memory_bound", "multithread", "nomultithread",
     "memory_bound,nomultithread", "NoMultiThread"], ["x", "", "compute_bound,x", "help"]),
    ("hold", "H", "n", [], [], []),
    ("ignore-pbs", "", "n", ["SBATCH_IGNORE_PBS"], [], []),
    ("input", "i", "r", ["SBATCH_INPUT"], PATHS, []),
    ("job-name", "J", "r", ["SBATCH_JOB_NAME"], NAMES, []),
    ("kill-on-invalid-dep", "", "r", [], ["yes", "no", "YES"], ["", "x", "true", "yes,no"]),
    ("licenses", "L", "r", [], ["matlab:1", "a,b", "", "a@b:2"], []),
    ("mail-type", "", "r", [], ["END", "FAIL", "all", "ALL", "BEGIN,END", "NONE", "none", "END,NONE", "TIME_LIMIT_80,FAIL", "ARRAY_TASKS",
     "END,x", "x,END", "REQUEUE,,END", "STAGE_OUT", "INVALID_DEPEND", "TIME_LIMIT", "TIME_LIMIT_50"], ["", "x", "ENDS", "BEGIN END", ","]),
    ("mail-user", "", "r", [], ["ada@example.org", "ada", "", "a b"], []),
    ("mcs-label", "", "r", [], TEXTS, []),
    ("mem", "", "r", ["SBATCH_MEM_PER_NODE"], MEMORY, BAD_MEMORY),
    ("mem-bind", "", "r", ["SBATCH_MEM_BIND"], ["local", "none", "rank", "verbose,local", "map_mem:0,1", "mask_mem:0x1,0x2", "prefer,local",
     "q", "sort", "nosort", "map_mem:0*2,1", "p,local", "v"], ["", "x", "map_mem", "map_mem:", "map_mem:x", "local,x", "mask_mem:z", "help",
     "map_mem:0*0", "map_mem:1*x", "map_mem:,"]),
    ("mem-per-cpu", "", "r", ["SBATCH_MEM_PER_CPU"], MEMORY, BAD_MEMORY),
    ("mem-per-gpu", "", "r", ["SBATCH_MEM_PER_GPU"], MEMORY, BAD_MEMORY),
    ("mincpus", "", "r", [], COUNTS, BAD_COUNTS),
    ("network", "", "r", ["SBATCH_NETWORK"], TEXTS, []),
    ("nice", "", "o", [], ["5", "-5", "0", "x", "", "10x"], ["99999999999", "-99999999999", "2147483646"]),
    ("no-kill", "k", "o", ["SBATCH_NO_KILL"], ["off", "no", "set", "OFF", ""], ["x", "yes", "H"]),
    ("no-requeue", "", "n", ["SBATCH_NO_REQUEUE"], [], []),
    ("nodefile", "F", "r", [], ["hosts.txt"], []),
    ("nodelist", "w", "r", [], ["n1", "n[1-3]", "n1,n2", "n1,n1"], []),
    ("nodes", "N", "r", [], ["1", "2", "1-4", "0", "1k", "2-2", "-3", "4-", "1-0", "2 ", "1,3,5", "1-5:2", "2,4-6",
     "1,1", "8,2", "1-16:4", ",2", "2,", "1-2-3,4", " 1,2"], ["x", "", "4-2", "1x", "1-x", "1-2-3", "=1", "1.5", "1,x", "5-1:2", "1:2", "1-5:0",
     "3-1,2", "1,16384", ":", ",", "1,2:3", "2-2:1", "1k,2", "99999999999", "1-99999999999"]),
    ("ntasks", "n", "r", [], COUNTS, BAD_COUNTS),
    ("ntasks-per-core", "", "r", [], COUNTS, BAD_COUNTS),
    ("ntasks-per-gpu", "", "r", [], COUNTS, BAD_COUNTS),
    ("ntasks-per-node", "", "r", [], COUNTS, BAD_COUNTS),
    ("ntasks-per-socket", "", "r", [], COUNTS, BAD_COUNTS),
    ("ntasks-per-tres", "", "r", [], COUNTS, BAD_COUNTS),
    ("open-mode", "", "r", ["SBATCH_OPEN_MODE"], ["append", "truncate", "a", "T", "anything", "table"], ["", "x", "w"]),
    ("output", "o", "r", ["SBATCH_OUTPUT"], PATHS, []),
    ("overcommit", "O", "n", ["SBATCH_OVERCOMMIT"], [], []),
    ("oversubscribe", "s", "n", [], [], []),
    ("parsable", "", "n", [], [], []),
    ("partition", "p", "r", ["SBATCH_PARTITION"], ["debug", "a,b", "", "long q"], []),
    ("power", "", "r", ["SBATCH_POWER"], ["level", "LEVEL", "", "x"], []),
    ("prefer", "", "r", [], TEXTS, []),
    ("priority", "", "r", [], ["1", "0", "TOP", "top", "x", "", "100"], ["-1", "4294967294", "99999999999"]),
    ("profile", "", "r", ["SBATCH_PROFILE"], ["none", "all", "energy", "task,network", "Lustre", "taskish"], ["", "x", "disk"]),
    ("propagate", "", "o", [], ["NONE", "ALL", "STACK,NOFILE", "", "x"], []),
    ("qos", "q", "r", ["SBATCH_QOS"], TEXTS, []),
    ("quiet", "Q", "n", [], [], []),
    ("reboot", "", "n", [], [], []),
    ("requeue", "", "o", ["SBATCH_REQUEUE"], ["expedite", "Expedite", ""], ["x", "yes", "1", "no", "0"]),
    ("reservation", "", "r", ["SBATCH_RESERVATION"], TEXTS, []),
    ("signal", "", "r", ["SBATCH_SIGNAL"], ["USR1", "SIGUSR1@60", "B:TERM@30", "R:10", "RB:USR2", "BR:USR2@5", "10@0", "int", "B:12@300",
     "KILL", "B:INT@60", "10 @5"], ["", "x", "0", "USR1@x", "USR1@-1", "USR1@99999", "B:", "TRAP", "-1", "10x", "USR1@5s", "CHLD", "SIGPIPE@5"]),
    ("sockets-per-node", "", "r", [], COUNTS, BAD_COUNTS),
    ("spread-job", "", "n", ["SBATCH_SPREAD_JOB"], [], []),
    ("switches", "", "r", [], ["1", "2@10", "1@1:00:00", "3@1-0", "1@x", "1@"], ["0", "x", "", "-1", "@5", "1x@5"]),
    ("tasks-per-node", "", "r", [], COUNTS, BAD_COUNTS),
    ("test-only", "", "n", [], [], []),
    ("thread-spec", "", "r", ["SBATCH_THREAD_SPEC"], ["1", "2"], ["0", "x", ""]),
    ("threads-per-core", "", "r", ["SBATCH_THREADS_PER_CORE"], COUNTS, BAD_COUNTS),
    ("time", "t", "r", ["SBATCH_TIMELIMIT"], TIMES, BAD_TIMES),
    ("time-min", "", "r", [], TIMES, BAD_TIMES),
    ("tmp", "", "r", [], MEMORY, BAD_MEMORY),
    ("uid", "", "r", [], ["0", "root", "99"], []),
    ("use-min-nodes", "", "n", ["SBATCH_USE_MIN_NODES"], [], []),
    ("verbose", "v", "n", ["SBATCH_DEBUG"], [], []),
    ("wait", "W", "n", ["SBATCH_WAIT"], [], []),
    ("wait-all-nodes", "", "r", ["SBATCH_WAIT_ALL_NODES"], ["0", "1"], ["2", "x", "-1"]),
    ("wckey", "", "r", ["SBATCH_WCKEY"], TEXTS, []),
    ("help", "h", "n", [], [], []),
    ("usage", "", "n", [], [], []),
    ("version", "V", "n", [], [], []),
]

# Options that came later, or went: (first release, last release, row). An option that is not there is one of UNKNOWN's kind.
ALWAYS = (99, 12)
LATER = [
    ((23, 2), ALWAYS, ("extra", "", "r", [], TEXTS, [])),
    ((23, 2), ALWAYS, ("container-id", "", "r", ["SBATCH_CONTAINER_ID"], ["x"], [])),
    ((23, 2), ALWAYS, ("tres-per-task", "", "r", ["SBATCH_TRES_PER_TASK"], ["gres/gpu:1", "gres:gpu:2", "cpu=2", "cpu:2,gres/gpu:1", "license/a:1"],
                       ["mem:1", "cpu=0", "node:1", "energy", "a,billing:1", "MEM:1"])),
    ((23, 11), ALWAYS, ("tres-bind", "", "r", ["SBATCH_TRES_BIND"], ["gres/gpu:closest", "gres/gpu:single:2+gres/shard:none"], [])),
    ((24, 5), ALWAYS, ("resv-ports", "", "o", [], ["2", ""], ["x", "-1"])),
    ((24, 5), ALWAYS, ("segment", "", "r", ["SBATCH_SEGMENT_SIZE"], ["1", "2", "3", "0"], ["x", "-1", "65535", "1x"])),
    ((24, 5), ALWAYS, ("stepmgr", "", "n", [], [], [])),
    ((24, 11), ALWAYS, ("oom-kill-step", "", "o", [], ["0", "1", ""], ["2", "9", "x", "-1"])),
    ((25, 5), ALWAYS, ("external", "", "n", [], [], [])),
    ((25, 11), ALWAYS, ("consolidate-segments", "", "n", ["SBATCH_CONSOLIDATE_SEGMENTS"], [], [])),
    ((25, 11), ALWAYS, ("spread-segments", "", "n", ["SBATCH_SPREAD_SEGMENTS"], [], [])),
    ((25, 11), ALWAYS, ("resources", "", "r", [], TEXTS, [])),
    ((26, 5), (26, 5), ("container-type", "", "r", ["SBATCH_CONTAINER_TYPE"], ["x"], [])),
    ((26, 5), ALWAYS, ("mem-update", "", "r", [], ["10@5", "1@1:00", "65535@1-0", "5@0:30"],
                       ["bogus", "10", "@5", "10@", "0@5", "-1@5", "10@0", "10x@5", "65536@5", "10@UNLIMITED", "10@65536", "10@x"])),
    ((26, 11), ALWAYS, ("runtime", "", "r", ["SBATCH_RUNTIME"], ["x"], [])),
]
# An option that took an argument only up to a release, or only from one.
FORMS = [((0, 0), (25, 10), "requeue", "n"), ((25, 5), ALWAYS, "get-user-env", "n")]
GONE = [((24, 5), "power")]


def table_of(release):
    """The rows of the options that sbatch of that release has."""
    forms = {name: arity for first, last, name, arity in FORMS if first <= release <= last}
    gone = {name for first, name in GONE if release >= first}
    rows = [row for row in TABLE if row[0] not in gone] + [row for first, last, row in LATER if first <= release <= last]
    return [(row[0], row[1], "n", row[3], [], []) if forms.get(row[0]) == "n" else row for row in rows]


# Of later releases, or of none: 22.05 refuses them.
UNKNOWN = ["--container-id=x", "--extra=x", "--tres-per-task=gpu:1", "--segment=2", "--stepmgr", "--external", "--resources=x", "--share",
           "--workdir=/tmp", "--jobid=5", "--foo", "--foo=bar", "--x11", "-y", "-1", "--no", "--nta=1", "--ti=5", "--exc", "--par", "--m=1",
           "--hold=yes", "--hold=", "--contiguous=1", "-Hy", "--requeue=1", "--requeue=expedite", "--get-user-env=10L", "--runtime=x", "---", "--=", "-"]
