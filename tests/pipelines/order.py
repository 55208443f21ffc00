"""What must be before what, and whether it was.

An Order is a child and its alternatives: one of them must have been fulfilled when a task of the child started. An alternative is a list
of conditions, all of which hold. A child that waits for several parents has an Order for each; a list with `?` is one Order.
"""
import re
from collections import namedtuple

Order = namedtuple("Order", "child alternatives")
# kind: end (the parent's tasks have ended), start (they have started), minute (they started so long ago), corr (the task of the same id
# has ended, or all have if there is none of that id). tasks: a set of task ids, or None for all.
Condition = namedtuple("Condition", "kind parent tasks")
WORDS = {"after": "end", "started": "start", "minute": "minute", "corr": "corr"}


def condition(kind, word):
    parent, _, task = word.partition(".")
    return Condition(kind, parent, {task} if task else None)


def read_header(text, keys):
    """The orders and the tasks that never run which the comments of a launch script name; `keys` are those of all jobs."""
    orders = []
    for child, word, parents in re.findall(r"^# order: (\S+) (\S+) (.*)$", text, re.M):
        parents = parents.split()
        if word == "any":
            orders.append(Order(child, [[condition("end", parent)] for parent in parents]))
        elif word == "each":  # c* each b*: c7 after b7
            for key in keys:
                if re.fullmatch(child.replace("*", r"\d+"), key):
                    orders.append(Order(key, [[condition("end", parents[0].replace("*", key[len(child) - 1:]))]]))
        else:
            orders += [Order(child, [[condition(WORDS[word], parent)]]) for parent in parents]
    return orders, re.findall(r"^# never: (\S+)$", text, re.M)


def of_key(logs, key):
    return {name.rpartition(".")[2]: runs for name, runs in logs.items() if name.rpartition(".")[0] == key}


def is_fulfilled(wanted, local, child, logs, tasks):
    """Whether the condition held when the run `child` of the child's task `local` started."""
    parents = of_key(logs, wanted.parent)
    chosen = set(tasks.get(wanted.parent, parents)) if wanted.tasks is None else wanted.tasks & set(tasks.get(wanted.parent, parents))
    if wanted.kind == "corr" and local in chosen:
        chosen = {local}
    for task in chosen:
        runs = parents.get(task, [])
        if not runs:
            return False
        for run in runs:
            if wanted.kind == "start" and not run.slurm_start <= child.slurm_start:
                return False
            if wanted.kind == "minute" and not run.start + 50 < child.start:  # Slurm's clock has whole seconds, and starts a job some time before it runs
                return False
            if wanted.kind in ("end", "corr") and (run.end is None or not run.end < child.start):
                return False
    return True


def violations(orders, logs, tasks):
    """Lines that name the children that were early. `tasks` has the task ids of each key, also of those that never ran."""
    for order in orders:
        for local, runs in of_key(logs, order.child).items():
            for run in runs:
                if not any(all(is_fulfilled(wanted, local, run, logs, tasks) for wanted in alternative) for alternative in order.alternatives):
                    yield f"{order.child}.{local} ran before " + " or ".join(
                        " and ".join(f"{w.kind} of {w.parent}" + (f" {sorted(w.tasks)}" if w.tasks else "") for w in alternative) for alternative in order.alternatives)
