#include "commands/retry_array.hpp"

#include <algorithm>
#include <cstdio>

#include "capture/surroundings.hpp"
#include "cli/version.hpp"
#include "engine/settle.hpp"
#include "follow/start.hpp"
#include "util/message.hpp"
#include "util/quiet.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

void say(const std::string& line) {
  if (util::is_quiet() && !line.starts_with("warning")) return;
  std::fprintf(stderr, "sarray: %s\n", util::printable(line).c_str());
}

namespace {

/// Returns this shell's own environment, umask and limits, for an array of which nothing better is known.
slurm::Start own_start(const slurm::SlurmSite& site) {
  slurm::Start start;
  start.environment = site.environment;
  start.umask = capture::current_umask();
  start.limits = capture::current_limits();
  return start;
}

std::vector<script::RetryTask> tasks_to_retry(const follow::History& history, const std::vector<std::uint32_t>& indices) {
  std::vector<script::RetryTask> tasks;
  tasks.reserve(indices.size());
  for (const auto index : indices) tasks.push_back({index, history.latest_of(index).attempt + 1});
  return tasks;
}

/// Prints what is lost of earlier attempts.
void say_what_is_written_again(const script::Retry& retry) {
  if (retry.written_again == 0) return;
  say("note: " + util::count(retry.written_again, "task") +
      (retry.written_again == 1 ? " writes again to the file" : " write again to the files") +
      " of the attempt before: no id of a job (%A of an array, %j) is in the name");
}

}  // namespace

util::Result<util::Fd> begin_retry(const slurm::SlurmSite& site, const std::string& first_id, bool again) {
  TRY(const auto folder, store::StateFolder::open());
  TRY(auto lock, engine::lock_retries(first_id, folder));
  TRY(const auto lines, engine::settle_retries(first_id, folder, engine::SlurmEngine(site.client), again));
  for (const auto& line : lines) say("note: " + line);
  return lock;
}

util::Result<RetriedArray> prepare_retry(const slurm::SlurmSite& site, const store::StateFolder& folder,
                                         const follow::ArrayHistory& array_history, const std::vector<std::uint32_t>& indices,
                                         const RetryChanges& changes, const slurm::Dialect& dialect, const std::string& command) {
  const auto& history = array_history.history();
  const auto& first_id = history.attempts.front().job_id;
  RetriedArray array;
  auto& options = array.options;
  options.release = dialect.release();
  options.user = slurm::user_name(site.environment);
  options.sarray_version = cli::version;
  options.throttle = changes.throttle;
  options.overrides = changes.overrides;
  options.names = history.map().names;
  options.group = changes.place.number;
  options.parts_before = changes.place.number > 0 ? changes.place.part - 1 : 0;
  for (const auto& attempt : history.attempts) options.retry_of.push_back(attempt.job_id);
  auto start = follow::read_start(site, history.attempts.front());
  if (!start) {
    say("warning: the environment of job " + first_id +
        " is not recorded on this machine: variables that its script does not hold, umask and "
        "limits come from this shell");
    start = own_start(site);
  }
  array.submission_folder = engine::name_submission_folder(folder, first_id);
  array.submission_folder.cluster = slurm::cluster_name(site);
  array.submission_folder.command = command;
  array.submission_folder.group = changes.place;
  engine::set_folders(options, folder.path(), array.submission_folder.marker);
  TRY(array.retry,
      script::plan_retry(history.map(), array_history.script(0), tasks_to_retry(history, indices), *start, dialect, options));
  say_what_is_written_again(array.retry);
  return array;
}

util::Result<engine::Delivery> submit_retry(RetriedArray& array, const engine::Engine& engine) {
  const auto& plan = array.retry.plan;
  TRY(auto delivery, engine::deliver(array.submission_folder, plan, plan.arrays.front(), array.retry.rendered, array.options,
                                     engine, nullptr, array.submission_folder.folder + "/sarray.slurm"));
  array.job_id = delivery.job_id;
  return delivery;
}

}  // namespace sarray::commands
