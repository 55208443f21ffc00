// --output=PATTERN, expanded at once and in two steps: the two are one.
#include "slurm/language/file_pattern.hpp"

#include "support.hpp"

namespace slurm = sarray::slurm;
using sarray::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto pattern = sarray::fuzz::as_text(data, size);
  slurm::PatternValues some;
  some.job_name = "name";
  some.user = "ada";
  slurm::PatternValues all = some;
  all.array_job_id = "17";
  all.array_task_id = 3;
  all.job_id = "20";
  all.node = "n1";
  all.restart_count = "0";
  for (const slurm::Release release : {slurm::Release{20, 11}, slurm::Release{24, 11}, slurm::newest_release}) {
    some.release = all.release = release;
    const auto whole = slurm::expand_pattern(pattern, all);
    const auto partly = slurm::expand_partly(pattern, some);
    if (whole && pattern.find('\\') == std::string_view::npos) {
      const auto later = slurm::expand_pattern(partly, all);
      require(later && *later == *whole, "in two steps as in one");
    }
    (void)slurm::has_conversion(pattern, 'a');
  }
  return 0;
}
