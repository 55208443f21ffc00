// CLI11, made to report as everything else here does.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "util/result.hpp"

namespace sarray::cli {

/// A command's parser, with our conventions: -h/--help, no abbreviations, values of the last of several equal options.
class Arguments {
 public:
  /// @param usage what stands behind `usage: ` in the help.
  Arguments(std::string command, const std::string& description, const std::string& usage);

  CLI::App& app() { return m_app; }
  /// @return true where all is read; false where help was asked for and printed; an error with status 2 and a hint that names
  ///   the option that was probably meant.
  [[nodiscard]] util::Result<bool> parse(std::vector<std::string> words);

 private:
  [[nodiscard]] util::Error explain_extra(const std::string& word) const;
  std::string m_command;
  CLI::App m_app;
};

}  // namespace sarray::cli
