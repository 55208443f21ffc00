// A submission's record.json, and the environment beside it, as a retry reads them. Input: the environment, a line "{", and the record's rest.
#include "cli/submission_notes.hpp"
#include "support.hpp"

namespace cli = sarray::cli;
using sarray::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = sarray::fuzz::as_text(data, size);
  const auto at = text.find("{\n");
  const auto environment = at == std::string_view::npos ? std::string_view() : text.substr(0, at);
  const auto record = at == std::string_view::npos ? text : text.substr(at);
  if (const auto submission = cli::parse_submission(record, "/folder")) {
    require(submission->folder == "/folder", "a submission knows its folder");
    require(cli::find_submission({*submission}, submission->job_id) != nullptr, "and is found by its job id");
  }
  if (const auto start = cli::parse_start(environment, record)) {
    require(start->umask <= 0777, "a umask is one");
    for (const auto& argument : start->arguments) require(argument.starts_with("--"), "an option of sbatch's, and never a script's name");
  }
  return 0;
}
