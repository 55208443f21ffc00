#include "engine/pipeline.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "plan/requests.hpp"
#include "slurm/language/dependency.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/parse.hpp"
#include "util/progress.hpp"

namespace sarray::engine {

namespace {

using store::PipelineStep;

/// Returns the requests that set what an array's tasks wait for.
std::vector<slurm::DependencyUpdate> find_updates(const LinkedArray& array) {
  std::vector<slurm::DependencyUpdate> updates;
  for (const auto& wait : array.waits) {
    for (const auto& list : plan::list_tasks(wait)) updates.push_back({array.job_id + list, wait.condition});
  }
  return updates;
}

using Conditions = std::set<std::string>;

/// A dependency as a set of conditions: Slurm shows them in its own order, and the tasks of a list one by one.
struct Meaning {
  Conditions conditions;
  bool any = false;
};

std::optional<Meaning> read_meaning(const std::string& text, const slurm::Release& release) {
  if (text.empty()) return Meaning{};
  const auto dependency = slurm::parse_dependency(text, release);
  if (!dependency) return std::nullopt;
  Meaning meaning;
  meaning.any = dependency->any;
  for (const auto& condition : dependency->conditions) meaning.conditions.insert(slurm::format_condition(condition));
  return meaning;
}

/// Compares what Slurm shows with what it was told.
class Comparison {
 public:
  Comparison(const std::vector<LinkedArray>& arrays, const slurm::Release& release) : m_release(release) {
    for (const auto& array : arrays) {
      m_by_id.emplace(array.job_id, &array);
      auto& wanted = m_wanted[array.job_id];
      wanted.resize(array.tasks);
      for (const auto& wait : array.waits) {
        const auto* text = &wait.condition;
        if (wait.indices.empty()) std::fill(wanted.begin(), wanted.end(), text);
        for (const auto& [first, last] : wait.indices) {
          for (auto index = first; index <= last; ++index) {
            if (index - array.first_index < wanted.size()) wanted[index - array.first_index] = text;
          }
        }
      }
    }
  }

  /// @return what is wrong, in words; empty: nothing is.
  std::string find_fault(const std::vector<slurm::WaitingTask>& shown) {
    std::map<std::string, std::size_t> seen;
    for (const auto& task : shown) {
      const auto array = m_by_id.find(task.array_id);
      if (array == m_by_id.end()) continue;
      ++seen[task.array_id];
      if (array->second->step != PipelineStep::held) continue;  // all was well when that was noted
      const auto& wanted = m_wanted[task.array_id];
      const auto index = task.index == slurm::TaskRecord::plain_job ? 0 : task.index;
      const auto position = index - array->second->first_index;
      if (position >= wanted.size()) continue;
      const static std::string nothing;
      const auto& want = wanted[position] != nullptr ? *wanted[position] : nothing;
      if (!is_same(want, task.shown)) {
        return "task " + task.array_id + "_" + std::to_string(index) + " waits for '" + task.shown + "' in Slurm, and not for '" +
               want + "'";
      }
    }
    // A task that is over may be forgotten soon, and what waits for it would then start.
    for (const auto& [id, array] : m_by_id) {
      if (array->step == PipelineStep::held && seen[id] < array->tasks)
        return "array " + id + " has only " + std::to_string(seen[id]) + " of its " + util::count(array->tasks, "task") +
               " in the queue";
    }
    return "";
  }

 private:
  bool is_same(const std::string& want, const std::string& shown) {
    const auto key = want + '\n' + shown;
    const auto known = m_known.find(key);
    if (known != m_known.end()) return known->second;
    return m_known[key] = compare(want, shown);
  }

  [[nodiscard]] bool compare(const std::string& want, const std::string& shown) const {
    const auto wanted = read_meaning(want, m_release);
    const auto found = read_meaning(shown, m_release);
    if (!wanted || !found) return false;
    if (!std::includes(wanted->conditions.begin(), wanted->conditions.end(), found->conditions.begin(), found->conditions.end()))
      return false;
    if (found->conditions.size() > 1 && found->any != wanted->any) return false;
    const auto is_missing = [&](const std::string& condition) { return !found->conditions.contains(condition); };
    // Slurm takes away what is satisfied: of jobs outside of the pipeline, which are not held.
    const bool is_over = wanted->any && found->conditions.empty() &&
                         std::any_of(wanted->conditions.begin(), wanted->conditions.end(),
                                     [&](const auto& condition) { return !is_inside(condition); });
    return is_over || std::none_of(wanted->conditions.begin(), wanted->conditions.end(),
                                   [&](const auto& condition) { return is_missing(condition) && is_inside(condition); });
  }

  /// @param condition "afterok:17_3"
  [[nodiscard]] bool is_inside(const std::string& condition) const {
    const auto begin = condition.find(':') + 1;
    return m_by_id.contains(condition.substr(begin, condition.find_first_not_of("0123456789", begin) - begin));
  }

  slurm::Release m_release;
  std::unordered_map<std::string, const LinkedArray*> m_by_id;
  std::unordered_map<std::string, std::vector<const std::string*>> m_wanted;
  std::unordered_map<std::string, bool> m_known;
};

std::vector<std::string> ids_of(const std::vector<LinkedArray>& arrays) {
  std::vector<std::string> ids;
  for (const auto& array : arrays) ids.push_back(array.job_id);
  return ids;
}

/// @param hint what goes on with it, and what ends it.
util::Error keep_held(util::Error error, const std::string& hint) {
  if (error.hint.empty()) error.hint = hint;
  return error;
}

util::Result<std::size_t> link(const std::vector<LinkedArray>& arrays, const Engine& engine, const slurm::Release& release,
                               const std::string& hint) {
  std::vector<std::vector<slurm::DependencyUpdate>> all;
  std::size_t count = 0;
  for (const auto& array : arrays) {
    if (array.step != PipelineStep::held) continue;
    all.push_back(find_updates(array));
    count += all.back().size();
  }
  {
    util::Progress progress("telling Slurm which tasks wait for which", count);
    for (const auto& updates : all) {
      if (updates.empty()) continue;
      if (auto set = engine.set_dependencies(updates, [&] { progress.step(); }); !set)
        return util::fail(keep_held(std::move(set).error(), hint));
    }
  }
  const auto shown = engine.dependencies(ids_of(arrays));
  if (!shown) return util::fail(keep_held(shown.error(), hint));
  if (const auto fault = Comparison(arrays, release).find_fault(*shown); !fault.empty())
    return util::fail("the pipeline", fault, hint);
  return count;
}

util::Result<void> note(const std::vector<LinkedArray>& arrays, PipelineStep step, const std::string& hint) {
  for (const auto& array : arrays) {
    if (array.step >= step) continue;
    if (auto noted = store::note_step(array.folder, step); !noted) return util::fail(keep_held(std::move(noted).error(), hint));
  }
  return {};
}

/// Returns the arrays that have tasks in hold, of later stages first: so that a task is released before those that it waits for.
util::Result<std::vector<std::string>> find_held(const std::vector<LinkedArray>& arrays, const Engine& engine) {
  TRY(const auto shown, engine.dependencies(ids_of(arrays)));
  std::set<std::string> held;
  for (const auto& task : shown) {
    if (task.state == slurm::TaskState::pending && task.is_held) held.insert(task.array_id);
  }
  std::vector<const LinkedArray*> order;
  for (const auto& array : arrays) {
    if (!array.stays_held && held.contains(array.job_id)) order.push_back(&array);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->stage > b->stage; });
  std::vector<std::string> ids;
  for (const auto* array : order) ids.push_back(array->job_id);
  return ids;
}

}  // namespace

util::Result<Linking> link_and_release(const std::vector<LinkedArray>& arrays, const Engine& engine,
                                       const slurm::Release& release, const std::string& hint) {
  Linking linking;
  const bool any_new =
      std::any_of(arrays.begin(), arrays.end(), [](const auto& array) { return array.step == PipelineStep::held; });
  if (any_new) {
    TRY(linking.updates, link(arrays, engine, release, hint));
    CHECK_OK(note(arrays, PipelineStep::linked, hint));
  }
  auto held = find_held(arrays, engine);
  if (!held) return util::fail(keep_held(std::move(held).error(), hint));
  linking.arrays = held->size();
  if (!held->empty()) {
    if (auto released = engine.control(Verb::release, *held); !released)
      return util::fail(keep_held(std::move(released).error(), hint));
    const auto left = find_held(arrays, engine);
    if (!left) return util::fail(keep_held(left.error(), hint));
    if (!left->empty())
      return util::fail("scontrol release", "tasks of array " + left->front() + " are held still",
                        "the same command again, which releases them; or scontrol release " + util::join(*left, ","));
  }
  CHECK_OK(note(arrays, PipelineStep::released, hint));
  return linking;
}

std::string fill_in(std::string condition, const std::vector<std::string>& job_ids) {
  for (auto at = condition.find('@'); at != std::string::npos; at = condition.find('@', at)) {
    auto end = condition.find_first_not_of("0123456789", at + 1);
    if (end == std::string::npos) end = condition.size();
    const auto number = util::to_number<std::size_t>(condition.substr(at + 1, end - at - 1));
    const auto& id = job_ids[number.value_or(0)];
    condition.replace(at, end - at, id);
    at += id.size();
  }
  return condition;
}

}  // namespace sarray::engine
