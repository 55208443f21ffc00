// A submission's record.json, and the environment beside it, as a retry reads them. Input: the environment, a line "{", and the
// record's rest.
#include "store/submissions.hpp"
#include "support.hpp"

namespace store = sarray::store;
using sarray::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = sarray::fuzz::as_text(data, size);
  const auto at = text.find("{\n");
  const auto environment = at == std::string_view::npos ? std::string_view() : text.substr(0, at);
  const auto record = at == std::string_view::npos ? text : text.substr(at);
  const auto submission = store::parse_submission(record, "/folder");
  if (!submission) return 0;
  require(submission->folder == "/folder", "a submission knows its folder");
  require(store::find_submission({*submission}, submission->job_id) != nullptr, "and is found by its job id");
  const auto written = store::format_submission(*submission);
  const auto again = store::parse_submission(written, "/folder");
  require(again && store::format_submission(*again) == written, "what is written reads back");
  if (const auto start = store::complete_start(*submission, environment)) {
    require(start->umask <= 0777, "a umask is one");
    for (const auto& argument : start->arguments)
      require(argument.starts_with("--"), "an option of sbatch's, and never a script's name");
  }
  return 0;
}
