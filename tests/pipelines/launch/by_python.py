#!/usr/bin/env python3
# order: train1 after prepare
# order: train2 after prepare
# order: evaluate after train1 train2
# order: sweep after prepare
# order: best after sweep evaluate
# order: alarm after sweep
# never: alarm.plain
import os
import re
import subprocess

P = os.environ["P"]


def sbatch(key, *options, seconds="0.2"):
    answer = subprocess.run(["sbatch", "--job-name", P + key, *options, "job.sh", key, seconds], check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout
    return int(re.search(r"Submitted batch job (\d+)", answer).group(1))


def after(*ids, kind="afterok"):
    return "--dependency=" + kind + ":" + ":".join(str(i) for i in ids)


prepare = sbatch("prepare")
train = [sbatch("train%d" % i, after(prepare)) for i in (1, 2)]
evaluate = sbatch("evaluate", after(*train))
sweep = sbatch("sweep", "--array=0-3", after(prepare))
print(subprocess.check_output(["sbatch", "--parsable", "-J", P + "best", after(sweep, evaluate), "job.sh", "best"]).decode(), end="")
sbatch("alarm", after(sweep, kind="afternotok"))
