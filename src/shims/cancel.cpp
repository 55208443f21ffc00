#include <algorithm>
#include <array>
#include <cstdio>

#include "answer/queue.hpp"
#include "shims/change.hpp"
#include "shims/targets.hpp"
#include "shims/tools.hpp"
#include "shims/world.hpp"

namespace sarray::shims {

namespace {

/// What scancel's filters say.
struct Filter {
  answer::WordList names, states, users, accounts, partitions, qos;
  bool is_for_others = false;  ///< by what no recorded job has
  bool is_any = false;
};

answer::WordList list_of(const answer::Words& words, std::string_view option) {
  const auto* value = words.value(option);
  return value != nullptr ? answer::split_words(*value) : answer::WordList();
}

Filter read_filter(const answer::Words& words, const answer::Defaults& defaults) {
  Filter filter{list_of(words, "name"),    list_of(words, "state"),     list_of(words, "user"),
                list_of(words, "account"), list_of(words, "partition"), list_of(words, "qos")};
  if (words.has("me")) filter.users = {defaults.user};
  for (const auto* name : {"nodelist", "reservation", "wckey", "clusters"})
    filter.is_for_others = filter.is_for_others || words.has(name);
  for (const auto* name : {"name", "state", "user", "me", "account", "partition", "qos", "nodelist", "reservation", "wckey"})
    filter.is_any = filter.is_any || words.has(name);
  return filter;
}

bool meets(const Filter& filter, const KnownJob& known, const answer::Defaults& defaults) {
  const auto value = [&](const char* field) { return answer::queue_value(known.shown, field, defaults).value_or(""); };
  return known.shown.state == answer::RecordedState::pending && !filter.is_for_others &&
         answer::matches(filter.names, known.job.name) &&
         (answer::matches(filter.states, "PENDING", true) || answer::matches(filter.states, "PD", true)) &&
         (answer::matches(filter.users, defaults.user) || answer::matches(filter.users, defaults.user_id)) &&
         answer::matches(filter.accounts, value("account")) && answer::matches(filter.qos, value("qos")) &&
         (filter.partitions.empty() || answer::matches(filter.partitions, value("partition")));
}

/// Whether the signal ends a job that has not begun: scancel's own, and KILL by name or number.
bool ends_pending(const answer::Words& words) {
  const auto* signal = words.value("signal");
  if (words.has("batch") || words.has("full")) return false;
  return signal == nullptr || *signal == "KILL" || *signal == "SIGKILL" || *signal == "9";
}

/// Returns the names by which Slurm knows our tasks that have one of these names, as far as the other filters let them pass.
util::Result<std::vector<std::string>> find_by_name(World& world, const Filter& filter, const answer::Words& words) {
  std::vector<answer::Option> options = {{"noheader", std::nullopt}, {"user", world.defaults(false).user}};
  const auto format = answer::read_letters("%i");
  options.push_back({"format", answer::ask_queue_format(*format, answer::queue_keys(*format))});
  options.push_back(
      {"states", words.value("state") != nullptr ? *words.value("state") : std::string("PENDING,RUNNING,SUSPENDED")});
  for (const auto* name : {"account", "partition", "qos", "nodelist", "reservation"}) {
    if (const auto* value = words.value(name)) options.push_back({name, *value});
  }
  auto environment = world.site().environment;
  environment.set("SLURM_BITSTR_LEN", "0");
  TRY(const auto output, world.site().client.run_tool(slurm::Tool::squeue, answer::write_words(options, {}), environment));
  std::vector<std::string> found;
  for (const auto& row : answer::read_table(output.out, answer::queue_keys(*format).size() + 1, false)) {
    const auto name = answer::read_name(row[0]);
    const auto* map = name ? world.find_map(row[2]) : nullptr;
    if (map == nullptr) continue;
    std::vector<std::uint32_t> indices;
    for (const auto index : name->tasks) {
      const auto* job = map->job_at(index);
      if (job != nullptr && answer::matches(filter.names, job->name)) indices.push_back(index);
    }
    if (!indices.empty()) found.push_back(answer::write_slurm_name(std::to_string(name->job), indices));
  }
  return found;
}

/// Takes the filters by which Slurm would not find a task of ours: it was found by them here.
std::vector<answer::Option> without_filters(const answer::Words& words) {
  std::vector<answer::Option> options;
  for (const auto& option : words.options) {
    constexpr std::array filters = {"name",      "state", "user",     "me",          "account",
                                    "partition", "qos",   "nodelist", "reservation", "wckey"};
    if (std::find(filters.begin(), filters.end(), option.name) == filters.end()) options.push_back(option);
  }
  return options;
}

util::Result<int> run(World& world, const std::vector<answer::Option>& options, const std::vector<std::string>& operands) {
  TRY(const auto output,
      world.site().client.run_tool(slurm::Tool::scancel, answer::write_words(options, operands), world.site().environment));
  std::fputs(output.out.c_str(), stdout);
  std::fputs(output.err.c_str(), stderr);
  return output.status;
}

/// What the words mean: what is to be dropped, and what Slurm is to cancel.
struct Cancelled {
  struct Dropped {
    std::unique_ptr<KnownJob> known;
    std::vector<std::uint32_t> tasks;
    std::string word;  ///< that named it
  };
  std::vector<Dropped> dropped;
  std::vector<std::string> slurms;
  std::vector<std::string> unknown;  ///< that are not there, or over: scancel says so only if it filters
  std::vector<std::string> found;    ///< by their names here, so that Slurm need not filter
};

/// Returns those of the named tasks that the recorded job has; empty if none is named.
std::vector<std::uint32_t> left_tasks(const Target& target) {
  std::vector<std::uint32_t> left;
  const auto& ids = target.recorded->job.ids;
  for (const auto task : target.name.tasks) {
    if (ids && ids->contains(task)) left.push_back(task);
  }
  return left;
}

/// Whether scancel itself refuses the words before it cancels anything.
bool is_refused(const answer::Words& words) {
  constexpr std::array states = {"PENDING", "PD", "RUNNING", "R", "SUSPENDED", "S"};
  if (const auto* state = words.value("state"); state != nullptr) {
    const answer::WordList known(states.begin(), states.end());
    if (!answer::matches(known, *state, true)) return true;
  }
  return std::any_of(words.operands.begin(), words.operands.end(), [](const auto& operand) {
    const auto names = answer::split_names(operand);
    return std::any_of(names.begin(), names.end(), [](const auto& name) { return !answer::read_name(name); });
  });
}

util::Result<Cancelled> find_cancelled(World& world, const answer::Words& words, const Filter& filter,
                                       const answer::Defaults& defaults) {
  Cancelled cancelled;
  for (const auto& operand : words.operands) {
    for (const auto& word : answer::split_names(operand)) {
      TRY(auto target, find_target(world, word));
      if (target && target->recorded) {
        auto& known = target->recorded;
        const bool is_pending = known->shown.state == answer::RecordedState::pending;
        if (!is_pending || (!target->name.tasks.empty() && left_tasks(*target).empty())) {
          const auto id = std::to_string(target->name.job);
          if (filter.is_any && target->name.tasks.empty()) cancelled.unknown.push_back(id);
          for (const auto task : target->name.tasks) {
            if (filter.is_any) cancelled.unknown.push_back(id + "_" + std::to_string(task));
          }
        } else if (meets(filter, *known, defaults)) {
          auto tasks = left_tasks(*target);
          cancelled.dropped.push_back({std::move(known), std::move(tasks), word});
        }
      } else if (target && !target->array.empty() && !filter.names.empty()) {
        const auto* job = target->map->job_at(target->indices.front());
        if (job != nullptr && answer::matches(filter.names, job->name)) cancelled.found.push_back(target->slurm_name());
      } else {
        cancelled.slurms.push_back(target ? target->slurm_name() : word);
      }
    }
  }
  if (!words.operands.empty()) return cancelled;
  TRY(auto recorded, world.recorded_jobs());
  for (auto& known : recorded) {
    if (!meets(filter, *known, defaults)) continue;
    auto name = answer::recorded_name(known->shown);
    cancelled.dropped.push_back({std::move(known), {}, std::move(name)});
  }
  if (!filter.names.empty()) {
    TRY(cancelled.found, find_by_name(world, filter, words));
  }
  return cancelled;
}

}  // namespace

util::Result<int> cancel_jobs(World& world, const std::vector<std::string>& given) {
  const auto words = answer::read_words(slurm::Tool::scancel, given);
  if (!words.unknown.empty())
    return util::fail("scancel " + words.unknown, "sarray does not know it, and jobs of this session may be meant",
                      "sarray cancel, sarray drop");
  if (is_refused(words)) return run(world, words.options, words.operands);
  auto defaults = world.defaults(words.has("partition"));
  const auto filter = read_filter(words, defaults);
  TRY(const auto cancelled, find_cancelled(world, words, filter, defaults));
  if (!cancelled.dropped.empty() && words.has("interactive"))
    return util::fail("scancel --interactive", "jobs that are only recorded would be cancelled unasked",
                      "sarray list, sarray drop");
  for (const auto& dropped : cancelled.dropped) {
    if (words.has("verbose")) std::fprintf(stderr, "scancel: Terminating job %s\n", dropped.word.c_str());  // its own words
    if (ends_pending(words)) CHECK_OK(drop_recorded(*dropped.known, dropped.tasks));
  }
  int status = 0;
  for (const auto& name : cancelled.unknown) {
    std::fprintf(stderr, "scancel: error: Kill job error on job id %s: Invalid job id specified\n",
                 name.c_str());  // its own words
    status = 1;
  }
  if (!cancelled.found.empty()) {
    TRY(const int other, run(world, without_filters(words), cancelled.found));
    status = status != 0 ? status : other;
  }
  const bool is_by_filter = words.operands.empty();
  if (!cancelled.slurms.empty() || is_by_filter) {
    TRY(const int other, run(world, words.options, cancelled.slurms));
    status = status != 0 ? status : other;
  }
  return status;
}

}  // namespace sarray::shims
