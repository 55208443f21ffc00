// CLI11, adapted so that its errors look like all others.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/page.hpp"
#include "util/result.hpp"

namespace sarray::cli {

/// A command's parser, with our conventions: -h/--help; no abbreviations; of several equal options the last one counts.
class Arguments {
 public:
  /// @param usage the text after the command's name in the usage line.
  Arguments(std::string command, const std::string& description, const std::string& usage);

  CLI::App& app() { return m_app; }
  /// Says that the command takes sbatch's options, too (somebody else reads them): they are suggested for a mistyped one.
  /// @param names their long names, with --.
  void takes_sbatch_options(std::vector<std::string> names) { m_sbatch_names = std::move(names); }
  /// @return true if everything was read; false if help was asked for and printed, or the page was handed over (page.hpp); an
  /// error with status 2 and a hint that names the option that was probably meant.
  [[nodiscard]] util::Result<bool> parse(std::vector<std::string> words);
  [[nodiscard]] Page page() const;

 private:
  [[nodiscard]] util::Error explain_extra(const std::string& word) const;
  [[nodiscard]] util::Error explain(const CLI::ParseError& error) const;
  std::string m_command;
  std::string m_usage;
  std::vector<std::string> m_sbatch_names;
  CLI::App m_app;
};

}  // namespace sarray::cli
