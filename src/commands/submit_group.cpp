#include "commands/submit_group.hpp"

#include <string>
#include <utility>

#include "slurm/language/group_name.hpp"
#include "store/groups.hpp"
#include "util/message.hpp"

namespace sarray::commands {

util::Result<bool> number_group(plan::PlanOptions& options, const plan::Plan& plan, const store::StateFolder& folder,
                                bool dry_run) {
  if (options.group > 0 || plan.arrays.size() < 2) return false;
  if (dry_run) {
    options.group = store::next_group_number(folder);
  } else {
    TRY(options.group, store::take_group_number(folder));
  }
  return true;
}

void resume_group(plan::PlanOptions& options, const std::vector<store::SubmissionNote>& notes, const store::StateFolder& folder) {
  std::vector<store::Submission> before;
  for (const auto& note : notes) {
    auto submission = store::read_submission(folder.submissions() + "/" + note.marker);
    if (!note.accepted || !submission) continue;
    submission->job_id = note.job_id;
    before.push_back(std::move(*submission));
  }
  const auto unfinished = store::find_unfinished_group(before);
  if (!unfinished) return;
  options.group = unfinished->number;
  options.parts_before = unfinished->part;
}

void tell_group(const plan::PlanOptions& options, std::size_t arrays) {
  if (options.group == 0 || arrays == 0) return;
  const auto name = slurm::group_name(options.group);
  const auto before = options.parts_before;
  util::note(name + " is " + (arrays == 1 ? "this array" : "these " + util::count(arrays, "array")) +
             (before > 0 ? " and " + util::count(before, "earlier one") : "") +
             ": any of their ids, or the name, stands for all of them in status, logs, retry and cancel");
}

}  // namespace sarray::commands
