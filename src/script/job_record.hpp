// What the batch script's table says of one job: the one type, and the one place that spells the table's tags.
//
// The dispatcher reads the same fields (share/dispatch/3-record.bash); a test compares its tags with tags(). A change of a tag or
// of what it means is a new format: raise `format`, and let decode() still read what earlier ones wrote.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "script/table.hpp"
#include "slurm/language/array_ids.hpp"
#include "util/result.hpp"

namespace sarray::script {

/// SARRAY_FORMAT of the scripts that are written. Those of revision 7d9f961 and before do not say it: theirs is 0. Up to 1 the
/// names of output files were always by the rule of plan::Names::slurm, and up to 2 the list of pages was in the head.
inline constexpr std::uint32_t script_format = 3;

/// How the dispatcher gives or takes a variable.
enum class VariableKind : std::uint8_t {
  set,    ///< by export
  unset,  ///< by unset
  late,   ///< by export, as the last ones: bash itself reads them
  env,    ///< by env(1): bash cannot hold them
  drop,   ///< by env -u
};

struct RecordVariable {
  VariableKind kind = VariableKind::set;
  std::string name;
  std::string value;  ///< empty for unset and drop
  friend bool operator==(const RecordVariable&, const RecordVariable&) = default;
};

/// The place of the job's own script in the data.
struct ScriptPlace {
  std::size_t offset = 0;
  std::size_t length = 0;            ///< as it is stored, in bytes
  std::uint32_t sum = 0;             ///< checksum (cksum) of the script itself
  std::optional<std::size_t> plain;  ///< the script's own length, if it is stored as util::escape_text() writes it
  friend bool operator==(const ScriptPlace&, const ScriptPlace&) = default;
};

/// SLURM_ARRAY_TASK_COUNT, _MIN, _MAX and _STEP of the whole job, of which a retry has only some tasks.
struct ArrayFacts {
  std::uint32_t count = 0;
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  std::uint32_t step = 1;
  friend bool operator==(const ArrayFacts&, const ArrayFacts&) = default;
};

/// What is not given is as the merged array has it.
struct JobRecord {
  std::uint32_t first_index = 0;  ///< SLURM_ARRAY_TASK_ID of its first task in the merged array
  std::uint32_t tasks = 1;
  std::uint32_t id = 0;                ///< virtual id
  std::optional<slurm::ArrayIds> ids;  ///< local ids; nullopt: a plain job
  std::optional<ArrayFacts> array;     ///< of an array job
  ScriptPlace script;
  std::vector<std::string> arguments;
  std::optional<std::string> directory;
  std::optional<mode_t> umask;
  bool translate = false;           ///< the translator of ids is the first in its tasks' PATH
  std::vector<std::string> limits;  ///< "LETTER VALUE" for ulimit -S
  /// Patterns of its files, if the dispatcher opens or names them: what is left of them for it to fill in.
  std::optional<std::string> output;
  std::optional<std::string> error;
  std::optional<std::string> input;
  std::optional<std::string> hidden;   ///< "output", "error" or both: which Slurm opens under a hidden name
  std::optional<std::string> earlier;  ///< of a retry: the number of the attempt whose files get another name first
  bool unnamed = false;                ///< a plain job without --output: submitted by hand, it has an array's default name
  bool append = false;                 ///< its files are appended to
  bool truncate = false;               ///< its files are emptied by the dispatcher
  std::vector<RecordVariable> variables;
  std::optional<std::string> last_word;  ///< the variable `_`
  // What the dispatcher does not need, but sarray status and its kind do.
  std::optional<std::string> map_output;  ///< patterns of its files, if neither those above nor the array's options say them
  std::optional<std::string> map_error;
  std::optional<std::string> map_input;
  std::optional<std::string> name;           ///< of the job, if SLURM_JOB_NAME does not say it
  std::optional<std::uint32_t> number_base;  ///< virtual id minus its number in the session or queue file
  std::optional<std::string> path;           ///< of its script; "--wrap", or "-" for standard input

  [[nodiscard]] const RecordVariable* variable(std::string_view variable_name) const;
  friend bool operator==(const JobRecord&, const JobRecord&) = default;
};

[[nodiscard]] Record encode(const JobRecord& job);

/// @param record untrusted.
/// @return an error if a field is unknown, or says what none of ours says. A record without a script is one, too.
[[nodiscard]] util::Result<JobRecord> decode(const Record& record);

/// All tags that encode() writes; one that ends in ':' is followed by a variable's name.
[[nodiscard]] std::vector<std::string_view> tags();

/// A batch script that cannot be used, and what to do.
[[nodiscard]] util::Error damaged_script(const std::string& why);

}  // namespace sarray::script
