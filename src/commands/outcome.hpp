// How a command that does something tells it: a sentence on standard error, one line of JSON on standard output, or nothing.
#pragma once

#include <string>

#include "cli/arguments.hpp"
#include "util/json.hpp"

namespace sarray::commands {

struct Telling {
  bool json = false;
  bool quiet = false;
};

/// --json and -q, --quiet. @param has_letter false if sbatch has the letter: -q is its --qos.
void add_telling_options(CLI::App& app, Telling& telling, bool has_letter = true);

/// Notes are said no longer, if the user wants to be told nothing.
void begin_telling(const Telling& telling);

/// Prints "sarray: SENTENCE", or the document with its version, by what the user wants.
/// @param hint a second line for people; empty: none.
void tell(const Telling& telling, const std::string& sentence, util::Json document, const std::string& hint = "");

}  // namespace sarray::commands
