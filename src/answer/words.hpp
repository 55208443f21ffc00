// The words of a call of one of Slurm's commands, read as that command reads them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/client/tool.hpp"

namespace sarray::answer {

struct Option {
  std::string_view name;             ///< long name; points into the tables
  std::optional<std::string> value;  ///< nullopt: it was given none
};

struct Words {
  std::vector<Option> options;        ///< in the order of the call
  std::vector<std::string> operands;  ///< likewise
  std::string unknown;                ///< the first word that no release's option is meant by; empty: there is none

  [[nodiscard]] bool has(std::string_view name) const;
  /// Returns the value of the last option of that name; null if it is not given.
  [[nodiscard]] const std::string* value(std::string_view name) const;
};

/// Reads a command's words by the rules of getopt_long: options and operands in any order up to "--", abbreviated long options,
/// letters in one word. The options are those of 20.11 to 26.05 (each command's opts.c or opt.c, and its man page).
/// @param words without the command's own name.
[[nodiscard]] Words read_words(slurm::Tool tool, const std::vector<std::string>& words);

/// Returns words that give these options and operands again.
[[nodiscard]] std::vector<std::string> write_words(const std::vector<Option>& options, const std::vector<std::string>& operands);

/// Whether a text has a number in it that is a virtual id.
[[nodiscard]] bool names_virtual_id(std::string_view text);

/// Whether the answer of such a call may hold, or the call may change, a job whose id sarray gave: it names such an id, or it is
/// about jobs by other marks than their ids. The words alone decide: each call that a driver makes is asked this.
[[nodiscard]] bool may_concern_ours(slurm::Tool tool, const std::vector<std::string>& words);

}  // namespace sarray::answer
