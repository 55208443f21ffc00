#include "follow/family.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "engine/outside.hpp"
#include "engine/submissions.hpp"
#include "plan/graph.hpp"
#include "slurm/language/virtual_id.hpp"
#include "util/message.hpp"

namespace sarray::follow {

using slurm::Dependency;
using slurm::DependencyType;

namespace {

constexpr const char* dependency_variable = "SLURM_JOB_DEPENDENCY";

bool has_id(const store::Submission& submission, std::uint32_t id) {
  return std::any_of(submission.ids.begin(), submission.ids.end(),
                     [&](const auto& range) { return id >= range.first && id <= range.second; });
}

/// Whether tasks of it may wait for others: only then its script is worth reading.
bool may_wait_for_others(const store::Submission& submission) {
  if (submission.step != store::PipelineStep::none) return true;
  return submission.start && std::any_of(submission.start->arguments.begin(), submission.start->arguments.end(),
                                         [](const auto& argument) { return argument.starts_with("--dependency"); });
}

/// A job that waits for others, in the words of its sbatch.
struct WaitingJob {
  std::size_t array = 0;  ///< in Arrays
  script::MappedJob job;
  Dependency dependency;
};

/// The arrays that are noted, with the jobs in them that wait for others.
class Arrays {
 public:
  /// @param retried the job id of the array that is to be retried.
  Arrays(const slurm::Release& release, std::string retried) : m_release(release), m_retried(std::move(retried)) {}

  [[nodiscard]] util::Result<void> read(const slurm::SlurmSite& site, const std::vector<store::Submission>& all,
                                        const store::Submission& submission) {
    TRY(const auto loaded, load_map(site, all, {submission.job_id, submission.marker()}, ""));
    const auto start = store::read_start(submission);
    if (!start && submission.start)
      return util::fail(submission.folder + "/environment", "it cannot be read, and says which jobs wait for the others",
                        "sarray retry " + m_retried + " --no-dependents, which leaves those as they are");
    const auto common = start ? start->environment.get(dependency_variable) : std::nullopt;
    m_submissions.push_back(submission);
    for (const auto& job : loaded.map.jobs) {
      m_names[job.name].push_back(job.id);
      const auto* own = job.record.variable(dependency_variable);
      const bool is_taken =
          own != nullptr && (own->kind == script::VariableKind::unset || own->kind == script::VariableKind::drop);
      const auto text = own != nullptr && !is_taken ? own->value : is_taken ? std::string() : std::string(common.value_or(""));
      if (text.empty() || text == "0") continue;
      if (auto dependency = slurm::parse_dependency(text, m_release))
        m_waiting.push_back({m_submissions.size() - 1, job, std::move(*dependency)});
    }
    return {};
  }

  /// Returns the jobs that wait, directly or not, for others of these ids, in the order of their calls: parents before children.
  [[nodiscard]] std::vector<const WaitingJob*> find_dependents(std::set<std::uint32_t> ids) {
    std::sort(m_waiting.begin(), m_waiting.end(), [](const auto& a, const auto& b) { return a.job.id < b.job.id; });
    std::vector<const WaitingJob*> found;
    for (const auto& waiting : m_waiting) {
      const bool is_own = ids.contains(waiting.job.id);
      const bool waits = std::any_of(waiting.dependency.conditions.begin(), waiting.dependency.conditions.end(),
                                     [&](const auto& condition) { return ids.contains(condition.job); });
      if (!is_own && !waits) continue;
      ids.insert(waiting.job.id);
      found.push_back(&waiting);
    }
    return found;
  }

  /// Returns the jobs of a name that came before one.
  [[nodiscard]] std::vector<std::uint32_t> namesakes_before(const script::MappedJob& job) const {
    std::vector<std::uint32_t> ids;
    const auto found = m_names.find(job.name);
    if (found == m_names.end()) return ids;
    std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(ids), [&](auto id) { return id < job.id; });
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  [[nodiscard]] const std::vector<store::Submission>& submissions() const { return m_submissions; }

 private:
  slurm::Release m_release;
  std::string m_retried;
  std::vector<store::Submission> m_submissions;
  std::vector<WaitingJob> m_waiting;
  std::map<std::string, std::vector<std::uint32_t>> m_names;
};

/// Returns the submissions whose jobs the given ones name in their dependencies.
std::vector<store::Submission> find_named(const std::vector<const WaitingJob*>& waiting, const Arrays& arrays,
                                          const std::vector<store::Submission>& all) {
  std::set<std::uint32_t> ids;
  for (const auto* one : waiting) {
    for (const auto& condition : one->dependency.conditions) {
      if (slurm::is_virtual_id(condition.job)) ids.insert(condition.job);
      if (condition.type != DependencyType::singleton) continue;
      for (const auto id : arrays.namesakes_before(one->job)) ids.insert(id);
    }
  }
  std::vector<store::Submission> named;
  for (const auto& submission : all) {
    const bool is_first = submission.retry_of.empty() && !submission.is_withdrawn && !submission.job_id.empty();
    if (is_first && std::any_of(ids.begin(), ids.end(), [&](auto id) { return has_id(submission, id); }))
      named.push_back(submission);
  }
  return named;
}

using Waits = std::map<std::uint32_t, std::shared_ptr<const Dependency>>;

/// Adds what the tasks of one job waited for, in the ids of the first attempts.
/// @return an error if it cannot be said.
util::Result<void> add_waits(const WaitingJob& waiting, const Arrays& arrays, std::vector<plan::SubmittedJob> submitted,
                             const slurm::Release& release, Waits& waits) {
  plan::OutsideJobs outside{std::move(submitted)};
  outside.by_name[waiting.job.name] = arrays.namesakes_before(waiting.job);
  std::vector<plan::PlannedJob> jobs(1);
  jobs.front().number = waiting.job.number;
  jobs.front().id = waiting.job.id;
  jobs.front().job.name = waiting.job.name;
  jobs.front().job.ids = waiting.job.ids;
  jobs.front().job.dependency = waiting.dependency;
  CHECK_OK(plan::find_waits(jobs, outside, release));
  const auto places = plan::find_places(plan::Plan(), outside);
  const auto end = waiting.job.first_index + waiting.job.tasks;
  for (const auto& wait : plan::find_task_waits(jobs, {{0, waiting.job.first_index}}, waiting.job.tasks, places)) {
    auto parsed = slurm::parse_dependency(wait.condition, release);
    if (!parsed) continue;
    const auto dependency = std::make_shared<const Dependency>(std::move(*parsed));
    if (wait.indices.empty()) {
      for (auto index = waiting.job.first_index; index < end; ++index) waits[index] = dependency;
    }
    for (const auto& [first, last] : wait.indices) {
      for (auto index = first; index <= last; ++index) waits[index] = dependency;
    }
  }
  return {};
}

}  // namespace

util::Result<Family> Family::find(const slurm::SlurmSite& site, const History& history, const slurm::Release& release) {
  Family family(site);
  std::vector<std::string> unreadable;  // what these say of who waits is not known
  family.m_submissions = engine::list_submissions(site, &unreadable);
  for (const auto& path : unreadable)
    util::warn(path + ": it cannot be read; if jobs of it wait for this retry, they are left as they are");
  const auto& all = family.m_submissions;
  std::set<std::uint32_t> ids;
  for (const auto& job : history.map().jobs) ids.insert(job.id);
  const auto is_own = [&](const auto& submission) {
    return submission.job_id == history.attempts.front().job_id && submission.retry_of.empty() && !ids.empty() &&
           has_id(submission, *ids.begin());
  };
  const auto own = std::find_if(all.begin(), all.end(), is_own);
  if (own == all.end()) return family;
  Arrays arrays(release, own->job_id);
  for (const auto& submission : all) {
    const bool is_first = submission.retry_of.empty() && !submission.is_withdrawn && !submission.job_id.empty();
    const bool is_earlier = submission.time < own->time;
    if (is_first && !is_earlier && may_wait_for_others(submission)) CHECK_OK(arrays.read(site, all, submission));
  }
  const auto waiting = arrays.find_dependents(ids);
  if (waiting.empty()) return family;
  const auto named = find_named(waiting, arrays, all);
  TRY(auto submitted, engine::read_submitted_jobs(named));

  const auto add_relative = [&](const store::Submission& submission,
                                std::vector<Relative>& relatives) -> util::Result<Relative*> {
    const auto found = std::find_if(relatives.begin(), relatives.end(),
                                    [&](const auto& relative) { return relative.submission.folder == submission.folder; });
    if (found != relatives.end()) return &*found;
    TRY(auto opened, ArrayHistory::open(site, all, {submission.job_id, submission.marker()}, ""));
    relatives.push_back({submission, std::move(opened), {}, {}});
    return &relatives.back();
  };
  TRY([[maybe_unused]] const auto* first, add_relative(*own, family.m_relatives));
  for (const auto* one : waiting) {
    TRY(auto* relative, add_relative(arrays.submissions()[one->array], family.m_relatives));
    // A job of which it is not known any longer what it waited for stays as it is.
    [[maybe_unused]] const auto known = add_waits(*one, arrays, submitted, release, relative->waits);
  }
  for (const auto& submission : named) {
    if (family.find_history(submission.job_id) != nullptr) continue;
    TRY([[maybe_unused]] const auto* parent, add_relative(submission, family.m_parents));
  }
  return family;
}

util::Result<void> Family::refresh(const engine::Engine& engine) {
  m_submissions = engine::list_submissions(*m_site);
  for (auto* relatives : {&m_relatives, &m_parents}) {
    for (auto& relative : *relatives) {
      const auto& submission = relative.submission;
      TRY(relative.array_history, ArrayHistory::open(*m_site, m_submissions, {submission.job_id, submission.marker()}, ""));
      CHECK_OK(relative.array_history.refresh(engine, false));
      relative.runs = find_runs(relative.array_history.history());
    }
  }
  std::set<std::string> others;
  for (const auto& relative : m_relatives) {
    for (const auto& [index, dependency] : relative.waits) {
      for (const auto& condition : dependency->conditions) {
        auto job_id = std::to_string(condition.job);
        if (find_history(job_id) == nullptr) others.insert(std::move(job_id));
      }
    }
  }
  if (!others.empty()) {
    TRY(m_others, engine.job_records({others.begin(), others.end()}));
  }
  TRY(m_waiting, engine.waiting_tasks());
  m_waiting_by_task.clear();
  for (std::size_t i = 0; i < m_waiting.size(); ++i)
    m_waiting_by_task.emplace(SlurmTask{m_waiting[i].array_id, m_waiting[i].index}, i);
  return {};
}

const History* Family::find_history(const std::string& job_id) const {
  for (const auto* relatives : {&m_relatives, &m_parents}) {
    for (const auto& relative : *relatives) {
      if (relative.submission.job_id == job_id) return &relative.array_history.history();
    }
  }
  return nullptr;
}

const store::Submission* Family::find_held_retry(const Relative& relative, const Attempt& attempt) const {
  const auto found = std::find_if(m_submissions.begin(), m_submissions.end(), [&](const auto& one) {
    return one.job_id == attempt.job_id && !one.retry_of.empty() && one.retry_of.front() == relative.first_id();
  });
  return found != m_submissions.end() && store::is_held_for_pipeline(*found) ? &*found : nullptr;
}

std::string Family::find_missing(const TasksAgain& again) const {
  for (const auto& [id, index] : again) {
    const std::string& first_id = id;  // clang 14 refuses a lambda that captures a structured binding
    const auto relative =
        std::find_if(m_relatives.begin(), m_relatives.end(), [&](const auto& one) { return one.first_id() == first_id; });
    if (relative == m_relatives.end()) continue;
    const auto& history = relative->array_history.history();
    const auto* retry = find_held_retry(*relative, history.attempts[history.latest_of(index).attempt]);
    if (retry != nullptr && retry->step == store::PipelineStep::linked) continue;
    const auto state = history.task(index).state;
    if (slurm::is_done(state) || state == slurm::TaskState::unknown) return first_id + "_" + std::to_string(index);
  }
  return "";
}

TasksAgain Family::find_held() const {
  TasksAgain again;
  for (const auto& relative : m_relatives) {
    const auto& history = relative.array_history.history();
    std::vector<bool> held;
    for (const auto& attempt : history.attempts) held.push_back(find_held_retry(relative, attempt) != nullptr);
    for (auto index = history.map().first_index(); index < history.map().end_index(); ++index) {
      if (held[history.latest_of(index).attempt] && !slurm::is_done(history.task(index).state))
        again.insert({relative.first_id(), index});
    }
  }
  return again;
}

Renewed Family::renew_task(const Relative& relative, std::uint32_t index, const TasksAgain& again) const {
  const auto found = relative.waits.find(index);
  if (found == relative.waits.end()) return {};
  const auto& history = relative.array_history.history();
  const slurm::WaitingTask* shown = nullptr;
  for (const auto& run : relative.runs[history.position(index)]) {
    const auto place = m_waiting_by_task.find({history.attempts[run.attempt].job_id, run.index});
    const bool is_cancelled = history.attempts[run.attempt].task(run.index).state == slurm::TaskState::cancelled;
    if (place != m_waiting_by_task.end() && is_cancelled) shown = &m_waiting[place->second];
  }
  const auto find = [&](const std::string& job_id) { return find_history(job_id); };
  const auto judge = [&](const slurm::Condition& condition) {
    return slurm::judge_condition(condition.type, slurm::records_of(m_others, condition));
  };
  return renew(*found->second, find, judge, again, shown);
}

Family::Choice Family::choose(TasksAgain& again) const {
  struct Candidate {
    std::uint32_t id;  ///< of its job: parents have smaller ones
    std::size_t relative;
    std::uint32_t index;
  };
  std::vector<Candidate> candidates;
  for (std::size_t number = 1; number < m_relatives.size(); ++number) {
    const auto& history = m_relatives[number].array_history.history();
    for (const auto& [index, dependency] : m_relatives[number].waits) {
      const auto* job = history.map().job_at(index);
      if (job != nullptr && never_began(history.task(index))) candidates.push_back({job->id, number, index});
    }
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const auto& a, const auto& b) { return std::tie(a.id, a.index) < std::tie(b.id, b.index); });
  std::map<std::size_t, std::vector<std::uint32_t>> taken;
  std::map<std::size_t, std::vector<std::uint32_t>> left;
  for (const auto& candidate : candidates) {
    const auto& relative = m_relatives[candidate.relative];
    const auto renewed = renew_task(relative, candidate.index, again);
    if (!renewed.has_again) continue;
    (renewed.is_never ? left : taken)[candidate.relative].push_back(candidate.index);
    if (!renewed.is_never) again.insert({relative.first_id(), candidate.index});
  }
  Choice choice;
  const auto list = [](std::map<std::size_t, std::vector<std::uint32_t>>& from, std::vector<TasksOf>& to) {
    for (auto& [relative, indices] : from) {
      std::sort(indices.begin(), indices.end());
      to.push_back({relative, std::move(indices)});
    }
  };
  list(taken, choice.taken);
  list(left, choice.left);
  return choice;
}

}  // namespace sarray::follow
