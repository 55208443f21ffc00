#include "queue/file_session.hpp"

#include <dirent.h>

#include "queue/held.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/progress.hpp"

namespace sarray::queue {

namespace {

/// In the session's folder: the file's path. Written last: a session without it may lack calls.
constexpr const char* mark = "/queue_file";

}  // namespace

util::Result<store::Session> record_file(plan::Plan& plan, const slurm::Dialect& dialect, const util::Environment& base,
                                         const std::string& file, const store::StateFolder& folder) {
  TRY(auto session, store::Session::create(folder, base));
  CHECK_OK(util::write_file_atomically(session.folder() + "/dialect", dialect.serialize()));
  util::Progress progress("recording calls", plan.jobs.size());
  for (auto& job : plan.jobs) {
    progress.step();
    TRY(const auto appended, session.append(*job.call, job.tasks()));
    job.number = appended.job;
    job.id = appended.id;
  }
  CHECK_OK(session.sync());
  if (!file.empty()) CHECK_OK(util::write_file_atomically(session.folder() + mark, file));
  return session;
}

util::Result<void> forget_unless_sent(store::Session& session) {
  TRY(const auto contents, session.read());
  if (!contents.submissions.empty()) return {};
  std::vector<std::uint32_t> jobs;
  for (const auto& call : contents.calls) jobs.push_back(call.job);
  CHECK_OK(session.drop(jobs));
  return session.close(store::SessionInfo::State::cancelled);
}

std::string command_for_rest(const store::Session& session) { return "sarray submit --split --session " + session.name(); }

util::Result<void> check_nothing_left(const std::string& file, const store::StateFolder& folder) {
  DIR* listing = ::opendir(folder.sessions().c_str());
  if (listing == nullptr) return {};
  util::Result<void> checked;
  while (const auto* entry = ::readdir(listing)) {
    const auto marked = util::read_file(folder.sessions() + "/" + entry->d_name + mark);
    if (!marked || *marked != file) continue;
    const auto session = store::Session::open(folder, entry->d_name);
    if (!session) continue;
    const auto contents = session->read();
    if (!contents) continue;
    if (!find_held_submissions(*contents, folder).empty()) {
      checked = util::fail(
          "an earlier submission of " + file,
          "Slurm holds its arrays, until it is told what each task waits for; session " + session->name() + " has them",
          command_for_rest(*session) + ", with the same options (--again submits the whole file again)");
      break;
    }
    if (contents->info.state != store::SessionInfo::State::open || contents->info.jobs == 0 || contents->submissions.empty())
      continue;
    checked = util::fail("an earlier submission of " + file,
                         util::count(contents->info.jobs, "job") +
                             " of it are not known to be in Slurm, the others are; session " + session->name() + " has them",
                         command_for_rest(*session) + ", with the same options (--again submits the whole file again)");
    break;
  }
  ::closedir(listing);
  return checked;
}

}  // namespace sarray::queue
