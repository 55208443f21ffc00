// A question to sacct, and its answer with the jobs that sarray gave ids to. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "answer/names.hpp"
#include "answer/queue.hpp"
#include "answer/recorded.hpp"
#include "answer/table.hpp"
#include "answer/words.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::answer {

struct AccountQuestion {
  Format format;
  bool is_json = false;  ///< --json: the format does not count
  bool has_header = true;
  AccountStyle style = AccountStyle::aligned;
  std::string delimiter = "|";
  std::optional<std::vector<JobName>> ids;
  WordList names, states, users, accounts, partitions, qos;
  bool is_for_others = false;  ///< it asks by what no recorded job has
  std::vector<Option> passed;  ///< for Slurm's own sacct, beside the format and the ids
};

/// @return an error for what cannot be answered, by its name.
[[nodiscard]] util::Result<AccountQuestion> read_account_question(const Words& words, const util::Environment& environment);

/// Whether a name of a list ("2000000003_1.batch") means this part of a job. By the id of a task sacct does not find it before it
/// has a record of its own (observed on 22.05 and 24.11).
[[nodiscard]] bool means(const JobName& name, const OurName& ours);

/// The tasks in an answer that have a record of their own. Slurm's accounting strikes them out of their array's pending ones some
/// seconds late (observed on 22.05): of two jobs alone it never says PENDING beside another state.
class BegunTasks {
 public:
  void add(const JobName& name);
  /// Returns the tasks of a block that have not begun; of another name all.
  [[nodiscard]] std::vector<std::uint32_t> others(const JobName& name) const;

 private:
  std::set<std::pair<std::uint32_t, std::uint32_t>> m_tasks;  ///< array, task
};

/// How an answer shows what is asked for.
enum class Showing : std::uint8_t { none, as_slurms, as_ours };
/// Returns how it shows a part of an array of ours. @param slurms the part's name in Slurm's array.
[[nodiscard]] Showing choose_showing(const AccountQuestion& question, const JobName& slurms, const OurName& ours);
/// Whether the ids mean a job of Slurm's own. @param raw its job id, perhaps with a step.
[[nodiscard]] bool is_asked_as_slurms(const AccountQuestion& question, const std::optional<JobName>& name, std::string_view raw);

/// Returns the fields to ask of sacct: what tells the job, those of the format, and the raw id.
/// @param with_line whether this sacct knows SubmitLine (21.08 and later).
[[nodiscard]] std::string ask_account_format(const Format& format, bool with_line);
/// Returns the rows that such an answer has; the first one is the titles. Every row has a SubmitLine, perhaps an empty one.
[[nodiscard]] std::vector<std::vector<std::string>> read_account_rows(std::string_view text, std::size_t columns, bool with_line);

/// What is known of an array that a row of sacct's is about.
struct RowArray {
  std::string_view job_id;
  std::string_view line;  ///< sbatch's command line; empty: not known
};

struct AccountLines {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::uint32_t> ours;  ///< virtual ids in them
};
/// Returns the titles, and the rows with our tasks as the jobs that they are.
/// @param submit_line returns the line of a job's own sbatch call; nullopt: it is not known.
[[nodiscard]] util::Result<AccountLines> translate_account_rows(
    const AccountQuestion& question, const std::vector<std::vector<std::string>>& rows,
    const std::function<const script::Map*(const RowArray&)>& find_map,
    const std::function<std::optional<std::string>(std::uint32_t id)>& submit_line);

[[nodiscard]] bool is_asked_for(const AccountQuestion& question, const RecordedJob& job, const Defaults& defaults);
/// Returns its row. @return an error that names a column that cannot be filled in.
[[nodiscard]] util::Result<std::vector<std::string>> recorded_row(const AccountQuestion& question, const RecordedJob& job,
                                                                  const Defaults& defaults);

}  // namespace sarray::answer
