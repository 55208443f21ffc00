// The arrays of one submission, followed as one thing.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/engine.hpp"
#include "follow/attempts.hpp"
#include "follow/selection.hpp"
#include "slurm/client/site.hpp"
#include "store/groups.hpp"
#include "util/result.hpp"

namespace sarray::follow {

using Histories = std::vector<const History*>;

/// Returns the sum over all of them.
[[nodiscard]] Summary summarize(const Histories& histories);
[[nodiscard]] std::uint32_t count_never(const Histories& histories);

/// "sarray-3: part 2 of 3 is not known here: its record was removed, or cannot be read"
[[nodiscard]] std::string explain(const store::MissingParts& missing);
/// "sarray-3.2" for each part.
[[nodiscard]] std::vector<std::string> name_missing(const std::vector<store::MissingParts>& missing);

/// Returns the arrays of a submission, or the one that is meant. @return an error that says why there is none.
[[nodiscard]] util::Result<std::vector<const store::Submission*>> find_arrays(const std::vector<store::Submission>& submissions,
                                                                              const slurm::GroupName& name);
/// Returns what is not known here of each submission that these arrays belong to.
[[nodiscard]] std::vector<store::MissingParts> find_missing(const std::vector<store::Submission>& submissions,
                                                            const std::vector<const store::Submission*>& arrays);

/// Which arrays a word that names a whole array stands for.
enum class Extent : std::uint8_t {
  tasks,    ///< those of its submission; of a retry, those that were submitted with the retry
  history,  ///< likewise, and of a retry also those of the submissions whose tasks it retried
};

/// The arrays that a word means, each with the tasks that it means in it; at least one.
class Group {
 public:
  /// An id of one array of several stands for all of them, and so does their common name ("sarray-3"); one task's id, the name
  /// of one array ("sarray-3.2") and a virtual id stand for nothing else. What is not noted here is an array of its own.
  /// @param file --from: the word is about that array only.
  [[nodiscard]] static util::Result<Group> find(const slurm::SlurmSite& site, const TaskReference& word, const std::string& file,
                                                Extent extent);

  [[nodiscard]] std::vector<Target>& targets() { return m_targets; }
  [[nodiscard]] const std::vector<Target>& targets() const { return m_targets; }
  /// "sarray-3"; empty: it is one array, and there are no others.
  [[nodiscard]] const std::string& name() const { return m_name; }
  /// Returns what is not known here of the submissions that are meant: the group is smaller than they are. Not if one part is
  /// meant.
  [[nodiscard]] const std::vector<store::MissingParts>& missing() const { return m_missing; }
  /// Returns how many arrays the word stands for, also those that are not known here.
  [[nodiscard]] std::size_t array_count() const;
  [[nodiscard]] Histories histories() const;
  /// Returns the job ids, as the user may know them: of a retry its own.
  [[nodiscard]] const std::vector<std::string>& job_ids() const { return m_job_ids; }

  /// Returns for each target a word that means it, and nothing else.
  [[nodiscard]] const std::vector<TaskReference>& references() const { return m_references; }

  /// Asks Slurm how all tasks are. @see ArrayHistory::refresh()
  [[nodiscard]] util::Result<void> refresh(const engine::Engine& engine, bool with_usage = false);
  [[nodiscard]] bool awaits_usage() const;
  /// Returns those of the targets' tasks that the selection means too, a list for each target.
  /// @return an error if --tasks is given, and there are several arrays: it does not say of which.
  [[nodiscard]] util::Result<std::vector<std::vector<std::uint32_t>>> filter(const Selection& selection) const;

 private:
  std::vector<Target> m_targets;
  std::vector<std::string> m_job_ids;
  std::vector<TaskReference> m_references;
  std::string m_name;
  std::vector<store::MissingParts> m_missing;
};

}  // namespace sarray::follow
