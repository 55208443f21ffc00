#include "commands/task_word.hpp"

#include <algorithm>

#include "capture/surroundings.hpp"
#include "commands/last.hpp"
#include "queue/gather.hpp"
#include "store/session.hpp"
#include "util/join.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

/// Whether a job of this shell's session, queued and neither dropped nor submitted, has that number.
bool is_queued(const std::string& number) {
  const auto session = queue::find_session("");
  const auto contents = session ? session->read() : util::Result<store::SessionContents>(util::fail(session.error()));
  if (!contents) return false;  // not in a session, or in one that cannot be read
  return std::any_of(contents->calls.begin(), contents->calls.end(),
                     [&](const auto& call) { return !call.dropped && !call.submitted && std::to_string(call.job) == number; });
}

}  // namespace

util::Result<follow::TaskReference> read_task_word(const slurm::SlurmSite& site, const std::string& given,
                                                   const std::string& command) {
  TRY(const auto word, replace_last(site, given, true));
  TRY(auto reference, follow::parse_task_reference(word));
  if (word != given || reference.group) return reference;
  const bool may_be_queued = !reference.is_virtual && !reference.is_slurms && !reference.indices;
  if (!may_be_queued || !is_queued(reference.job_id)) return reference;
  const auto& number = reference.job_id;
  return util::fail(
      "job " + number, "in this session that is job " + number + " of the queue, and to Slurm it is a job id",
      "sarray drop " + number + " takes it out of the queue; sarray " + command + " slurm:" + number + " is about Slurm's job");
}

void say_group(const follow::Group& group, const std::string& word) {
  const auto& ids = group.job_ids();
  if (ids.size() < 2) return;
  constexpr std::size_t max_named = 8;
  const auto shown =
      std::vector<std::string>(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), max_named)));
  const auto more = ids.size() - shown.size();
  const auto one = slurm::parse_group_name(group.name()) ? group.name() + ".1 is one of them" : "--job names some of their jobs";
  util::note((word == group.name() ? word + " is" : word + " is " + group.name() + ":") + " arrays " + util::join(shown, ", ") +
             (more > 0 ? " and " + util::count(more, "other") : "") + "; " + one);
}

void warn_of_missing(const std::vector<store::MissingParts>& missing, LeftOut how, const std::string& hint) {
  for (const auto& one : missing) {
    const bool is_one = one.parts.size() == 1;
    const auto outcome = how == LeftOut::not_shown ? (is_one ? "it is not shown" : "they are not shown")
                                                   : (is_one ? "it is left as it is" : "they are left as they are");
    util::warn(follow::explain(one) + "; " + outcome, hint);
  }
}

util::Result<follow::TaskReference> read_shown_word(const slurm::SlurmSite& site, const std::string& word) {
  TRY(const auto replaced, replace_last(site, word.empty() ? std::string(last_word) : word, false));
  return follow::parse_task_reference(replaced);
}

}  // namespace sarray::commands
