// Words as options: the parser that sbatch itself uses, libc's getopt_long, with the installed release's own set of options.
#pragma once

#include <getopt.h>

#include <optional>
#include <string>
#include <vector>

#include "slurm/language/option.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

struct ParsedOption {
  const OptionSpec* option = nullptr;
  std::optional<std::string> value;
  std::size_t word = 0;  ///< index of the word after it: tells which line of a script it was on
};

struct ParsedWords {
  std::vector<ParsedOption> options;
  std::size_t operand = 0;  ///< index of the first word that is not an option; words.size() if there is none
  /// getopt's own message and sbatch's hint, if it stopped at an option. The options before it count first: sbatch handles one at
  /// a time, and complains of the first bad value.
  std::optional<util::Error> error;
};

/// Returns getopt_long's own message on what it does not accept in `words`. Call it only if something is known to be wrong.
[[nodiscard]] std::string getopt_complaint(const std::vector<std::string>& words, const std::string& letters,
                                           const ::option* long_options);

/// Reads words as the sbatch of one release does. Not thread-safe: getopt_long keeps its state in globals.
class WordParser {
 public:
  /// @param dialect must outlive the parser.
  explicit WordParser(const Dialect& dialect);

  [[nodiscard]] const Release& release() const { return m_dialect.release(); }

  /// @param words words[0] is the program's name, as getopt_long has it.
  [[nodiscard]] ParsedWords parse(const std::vector<std::string>& words) const;

 private:
  [[nodiscard]] const OptionSpec* find_by_code(int code) const;

  const Dialect& m_dialect;
  std::string m_letters = "+";  ///< '+': stop at the first word that is not an option
  std::vector<::option> m_long_options;
};

/// Returns the option that an alias means: --clusters for --cluster, --ntasks-per-node for --tasks-per-node.
[[nodiscard]] const OptionSpec* resolve_alias(const OptionSpec* spec);

}  // namespace sarray::slurm
