// The map: a generated batch script read back into the jobs that it merges. The inverse of render().
//
// Its bytes come from Slurm, or from a file that anybody could have edited: nothing in them is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"
#include "script/job_record.hpp"
#include "slurm/language/array_ids.hpp"
#include "slurm/language/call.hpp"
#include "slurm/language/job.hpp"
#include "util/result.hpp"

namespace sarray::script {

/// What the script says of one job.
struct MappedJob {
  std::uint32_t number = 0;       ///< in the session or the queue file; 0 if it is not known
  std::uint32_t id = 0;           ///< virtual id
  std::uint32_t first_index = 0;  ///< SLURM_ARRAY_TASK_ID of its first task
  std::uint32_t tasks = 1;
  std::optional<slurm::ArrayIds> ids;  ///< local ids; nullopt: a plain job
  std::string name;
  slurm::ScriptSource source = slurm::ScriptSource::file;
  std::string script_path;        ///< empty unless source is file
  std::string command;            ///< what it runs, if it has no file (slurm::find_commands)
  std::size_t script_offset = 0;  ///< of its bytes in the batch script
  std::size_t script_length = 0;
  bool script_escaped = false;   ///< there it is written as util::escape_text() does
  std::uint32_t script_sum = 0;  ///< checksum (cksum) of the script itself
  std::vector<std::string> arguments;
  std::string directory;  ///< the task's working directory
  /// Patterns of its files, absolute, by the rule that Map::names says; nullopt: Slurm's default, or for error the output.
  std::optional<std::string> output;
  std::optional<std::string> error;
  std::optional<std::string> input;
  slurm::OpenMode open_mode = slurm::OpenMode::site_default;
  JobRecord record;  ///< all that the table says of it

  [[nodiscard]] bool has_index(std::uint32_t index) const { return index >= first_index && index - first_index < tasks; }
  /// @return nullopt for a plain job. Precondition: has_index(index).
  [[nodiscard]] std::optional<std::uint32_t> local_id(std::uint32_t index) const;
  /// The index of the task with that local id; a plain job's only task has none.
  [[nodiscard]] std::optional<std::uint32_t> index_of(std::optional<std::uint32_t> local) const;
};

/// One option of the merged array, as its #SBATCH line says it.
struct MappedOption {
  std::string name;
  std::optional<std::string> value;
};

struct Map {
  std::vector<MappedJob> jobs;  ///< in order of first_index, without gaps
  std::uint32_t tasks = 0;
  std::string name;  ///< --job-name of the array
  std::vector<MappedOption> options;
  std::string link_folder;                 ///< of the links to output files; empty: there are none
  plan::Names names = plan::Names::slurm;  ///< whose ids are in the names of output files
  std::string submission_folder;           ///< of sarray's own submission; empty: not said
  std::vector<std::string> retry_of;       ///< job ids of the attempts before this one, oldest first; empty: it is not a retry

  [[nodiscard]] std::uint32_t first_index() const { return jobs.empty() ? 0 : jobs.front().first_index; }
  [[nodiscard]] std::uint32_t end_index() const { return first_index() + tasks; }  ///< after the last one
  [[nodiscard]] bool has_index(std::uint32_t index) const { return index >= first_index() && index < end_index(); }
  /// "0 to 7", for messages.
  [[nodiscard]] std::string indices_text() const;
  [[nodiscard]] const MappedOption* option(std::string_view option_name) const;
  /// @return null if no job has it.
  [[nodiscard]] const MappedJob* job_at(std::uint32_t index) const;
};

/// More tasks than any Slurm takes (its own bound of MaxArraySize is 4000001).
inline constexpr std::uint32_t max_tasks = 4000001;

/// Returns the script with plain data if its data was packed (pack.hpp), else the script as it is.
[[nodiscard]] util::Result<std::string> unpack_script(std::string script);

/// @param script as unpack_script() returns it, from its first byte on; more may follow. The map refers to places in it.
/// @return an error if it is not one of ours, was damaged, or was written by a newer sarray (SARRAY_FORMAT).
[[nodiscard]] util::Result<Map> read_map(std::string_view script);

/// Returns the job's own script, after checking it.
[[nodiscard]] util::Result<std::string> read_script(const MappedJob& job, std::string_view script);

/// Whether two batch scripts hold the same jobs; more may follow either of them.
[[nodiscard]] bool is_same_data(std::string_view script, std::string_view other);

/// Returns the offset of the batch script in a text that another program may have put a heading above (`sacct -B`).
/// @return npos if there is none.
[[nodiscard]] std::size_t find_batch_script(std::string_view text);

}  // namespace sarray::script
