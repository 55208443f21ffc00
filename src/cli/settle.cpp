#include "cli/settle.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <optional>

#include "cli/delivery.hpp"
#include "cli/slurm_arrays.hpp"
#include "cli/submission_notes.hpp"
#include "merge/plan.hpp"

namespace sarray::cli {

namespace {

/// Slurm forgets a finished job after MinJobAge, 300 s where a site has not changed it. Less, so as to be sure.
constexpr std::int64_t surely_remembered = 120;

/// When the real sbatch is known to have run last; never later than now.
std::int64_t last_run(const store::SubmissionNote& note, const std::string& parcel) {
  struct stat state {};
  const auto ended = ::stat((parcel + "/lock").c_str(), &state) == 0 ? static_cast<std::int64_t>(state.st_mtime) : note.time;
  return std::min(std::max(note.time, ended), static_cast<std::int64_t>(std::time(nullptr)));
}

/// The id of the array that Slurm has under a note's marker; empty: it has none. A controller that is busy may take an array a
/// moment after sbatch was killed, or gave up: one that is not there yet is looked for twice.
util::Result<std::string> look_for(const slurm::Client& client, const store::SubmissionNote& note, const std::string& parcel) {
  constexpr std::int64_t settled = 10;  // seconds
  if (auto noted = noted_job_id(parcel); !noted.empty()) return noted;
  const auto begin = last_run(note, parcel);
  while (true) {
    TRY(const auto held, held_arrays(client, note.time - 60));
    const auto found = std::find_if(held.begin(), held.end(), [&](const auto& array) { return array.marker == note.marker; });
    if (found != held.end()) return found->job_id;
    const auto age = static_cast<std::int64_t>(std::time(nullptr)) - begin;
    if (age >= settled) return std::string();
    ::sleep(static_cast<unsigned>(std::clamp<std::int64_t>(settled - age, 1, settled)));
  }
}

}  // namespace

util::Result<std::vector<std::string>> settle_interrupted(store::Session& session, const store::StateFolder& folder,
                                                          const slurm::Client& client, bool again) {
  std::vector<std::string> lines;
  TRY(const auto contents, session.read());
  for (const auto& note : contents.submissions) {
    if (note.accepted) continue;
    const auto jobs = "jobs " + merge::format_numbers(note.jobs);
    const auto parcel = folder.submissions() + "/" + note.marker;
    std::optional<util::Fd> lock;
    if (::access(parcel.c_str(), F_OK) == 0) {
      TRY(lock, lock_parcel(parcel));
    }
    auto found = look_for(client, note, parcel);
    if (!found) {
      auto error = std::move(found).error();
      error.hint = "an earlier submission of " + jobs + " was cut off; Slurm must answer before anything is submitted again";
      return util::fail(std::move(error));
    }
    const bool known_absent = std::time(nullptr) - note.time < surely_remembered;
    if (!found->empty()) {
      [[maybe_unused]] const auto noted = note_job_id(parcel, *found);  // for `history`; the journal is what counts
      CHECK_OK(session.note_accepted(note.marker, *found));
      lines.push_back("an earlier submission of " + jobs + ", which was cut off, is in Slurm as job " + *found);
    } else if (known_absent || again) {
      CHECK_OK(session.note_withdrawn(note.marker));
      lines.push_back("an earlier submission of " + jobs + " was cut off before Slurm had it");
    } else {
      return util::fail("an earlier submission of " + jobs + " was cut off",
                        "Slurm shows no job of it, but may have forgotten one that is done",
                        "sarray submit --again, where you know that it did not run");
    }
  }
  return lines;
}

}  // namespace sarray::cli
