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
  std::size_t word = 0;  ///< index of the word behind it: which line of a script it stood on
};

struct ParsedWords {
  std::vector<ParsedOption> options;
  std::size_t operand = 0;  ///< index of the first word that is no option; words.size() where there is none
  /// getopt's own words and sbatch's hint, where it stopped at an option. Those before it count first: sbatch takes one at a
  /// time, and a bad value among them is what it complains of.
  std::optional<util::Error> error;
};

/// Lets getopt_long say in its own words what it does not take in `words`. Only where something is wrong already.
[[nodiscard]] std::string getopt_complaint(const std::vector<std::string>& words, const std::string& letters,
                                           const ::option* long_options);

/// Reads words as one release's sbatch does. Not for two threads at once: getopt_long keeps its state in globals.
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
  std::string m_letters = "+";  ///< '+': stop at the first word that is no option
  std::vector<::option> m_long_options;
};

/// The option that an alias stands for: --cluster is --clusters, --tasks-per-node is --ntasks-per-node.
[[nodiscard]] const OptionSpec* resolve_alias(const OptionSpec* spec);

}  // namespace sarray::slurm
