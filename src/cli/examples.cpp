// One table of examples, for helps and man pages. The rows of a command lie together; the first is the one that an error shows.
#include <algorithm>
#include <array>

#include "cli/page.hpp"

namespace sarray::cli {

namespace {

constexpr std::array all_examples = {
    Example{"listen", "sarray listen", "then every sbatch is recorded; sarray submit submits them, and ends the session"},
    Example{"listen", "sarray listen --resume", "goes on with the session that was left last"},
    Example{"run", "sarray run -- ./launch.sh --all", "runs launch.sh, and submits the sbatch calls that it makes as one array"},
    Example{"run", "sarray run -p long -t 50 -- make -j 4 jobs", "in partition long, max 50 tasks at once"},
    Example{"run", "sarray run --live=10 -- snakemake -j 100", "submits what is recorded every ten seconds, while it runs"},
    Example{"run", "sarray run --no-check -- ./launch.sh", "asks Slurm nothing about the calls until they are submitted"},
    Example{"list", "sarray list", "the jobs of this session that are not submitted yet"},
    Example{"list", "sarray list -l", "with all options of each job, and where each was set"},
    Example{"list", "sarray list --json | jq '.jobs[].name'", "their names alone"},
    Example{"set", "sarray set 3 --time=2:00:00", "job 3 gets two hours; its other options stay"},
    Example{"set", "sarray set 2000000003 2000000004 -p long", "by the ids that sbatch answered"},
    Example{"drop", "sarray drop 3 5-8", "takes the jobs 3, 5, 6, 7 and 8 out of the queue"},
    Example{"drop", "sarray drop --undo", "queues them again"},
    Example{"submit", "sarray submit", "submits the queue of this session as one array"},
    Example{"submit", "sarray submit 3 5-8", "these jobs of the session alone; the others stay, and so does the session"},
    Example{"submit", "sarray submit --mem=32G --time=2:00:00 -t 50",
            "every task gets 32 GB and two hours; max 50 tasks run at once"},
    Example{"submit", "sarray submit calls.txt --split -n -o scripts/",
            "writes a script for each array, which sbatch takes without sarray"},
    Example{"submit", "sarray submit -n calls.txt | less", "shows the script for the calls in a file, and submits nothing"},
    Example{"cancel", "sarray cancel 42137 --job eval", "cancels the tasks of the job eval in array 42137"},
    Example{"cancel", "sarray cancel last", "cancels what was submitted last from this directory"},
    Example{"cancel", "sarray cancel 42137 --yes", "cancels the whole array without a question"},
    Example{"cancel", "sarray cancel", "drops the queue of this session"},
    Example{"sessions", "sarray sessions", "the sessions whose queue is kept"},
    Example{"sessions", "sarray sessions --prune -n", "shows what --prune would remove"},
    Example{"status", "sarray status 42137", "one line for each job of array 42137"},
    Example{"status", "sarray status 42137 --failed --tasks", "one line for each task that failed"},
    Example{"status", "sarray status --watch", "the newest submission from this directory, until it is done; q ends it"},
    Example{"status", "sarray status 42137 --wait && ./collect.sh", "runs collect.sh when all tasks are done, if none failed"},
    Example{"which", "sarray which 42137_5", "the job, script, arguments and files of task 5"},
    Example{"which", "sarray which 2000000003", "the tasks that the job became whose sbatch answered 2000000003"},
    Example{"which", "sarray which 42137_5 --script | less", "the script that task 5 runs"},
    Example{"find", "sarray find train.slurm", "the jobs that run train.slurm, or whose script says it, and their tasks"},
    Example{"find", "sarray find lr=0.01 42137", "the jobs of array 42137 with that in an argument or in the script"},
    Example{"logs", "sarray logs 42137_5", "what task 5 wrote"},
    Example{"logs", "sarray logs 42137 --failed -n 20", "the last 20 lines of each task that failed"},
    Example{"hold", "sarray hold 42137 --job 'train*'", "the tasks of all jobs whose name begins with train do not start"},
    Example{"release", "sarray release 42137", "all held tasks of array 42137 may start"},
    Example{"requeue", "sarray requeue 42137_[3-5]", "the tasks 3, 4 and 5 run again from their beginning"},
    Example{"retry", "sarray retry 42137", "submits again the tasks of array 42137 that failed"},
    Example{"retry", "sarray retry last", "the same of what was submitted last from this directory"},
    Example{"retry", "sarray retry 42137 --state out_of_memory --mem=64G", "those that ran out of memory, with more"},
    Example{"history", "sarray history -n 5", "the last five submissions"},
    Example{"throttle", "sarray throttle 42137 -t 20", "max 20 tasks of array 42137 run at once"},
    Example{"throttle", "sarray throttle 42137 -t 5 --kill", "of more running tasks, the newest go back into the queue"},
    Example{"exec", "sarray exec squeue -j 2000000003", "squeue, by the id that sbatch answered in a session"},
    Example{"exec", "sarray exec scontrol show job 2000000003_4", "a task as scontrol shows it alone"},
    Example{"exec", "sarray exec wait 2000000003", "waits for the job's end, as sbatch --wait does"},
    Example{"real", "sarray real sbatch now.slurm", "submits now.slurm at once, from inside of a session, too"},
    Example{"completion", "source <(sarray completion bash)", "in ~/.bashrc"},
    Example{"completion", "source <(sarray completion zsh)", "in ~/.zshrc, after compinit"},
    Example{"completion", "sarray completion fish | source", "in ~/.config/fish/config.fish"},
};

}  // namespace

std::span<const Example> examples_of(std::string_view command) {
  const auto is_it = [&](const Example& example) { return example.command == command; };
  const auto* const begin = std::find_if(all_examples.begin(), all_examples.end(), is_it);
  const auto* const end = std::find_if_not(begin, all_examples.end(), is_it);
  return {begin, end};
}

}  // namespace sarray::cli
