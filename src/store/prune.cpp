#include "store/prune.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <utility>

#include "store/journal.hpp"
#include "store/session.hpp"
#include "store/shell.hpp"
#include "store/submissions.hpp"
#include "store/virtual_ids.hpp"
#include "util/fd.hpp"

namespace sarray::store {

namespace {

constexpr std::int64_t min_age_seconds = 3600;  // longer than anything is without a lock while it is made

/// Returns seconds since 1970; 0 if the file does not exist.
std::int64_t written_at(const std::string& path) {
  struct stat state {};
  return ::lstat(path.c_str(), &state) == 0 ? static_cast<std::int64_t>(state.st_mtime) : 0;
}

/// Returns the candidates that the rules allow to remove, oldest first.
std::vector<Pruned> choose(std::vector<Pruned> candidates, const PruneRules& rules) {
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return a.time > b.time; });
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  std::vector<Pruned> chosen;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (now - candidates[i].time >= rules.older_than || (rules.keep && i >= *rules.keep))
      chosen.push_back(std::move(candidates[i]));
  }
  std::reverse(chosen.begin(), chosen.end());
  return chosen;
}

/// Renames the folder at once; removing its files can then take its time, and be interrupted.
util::Result<void> remove_folder(const std::string& parent, const std::string& name) {
  const auto hidden = parent + "/.removed-" + name;
  if (::rename((parent + "/" + name).c_str(), hidden.c_str()) != 0)
    return util::fail(parent + "/" + name, util::errno_text(errno));
  std::error_code trouble;
  std::filesystem::remove_all(hidden, trouble);
  if (trouble) return util::fail(hidden, trouble.message());
  return {};
}

/// Removes what an earlier removal left when it was interrupted.
void remove_leftovers(const std::string& parent) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(parent, ignored)) {
    if (entry.path().filename().string().starts_with(".removed-")) std::filesystem::remove_all(entry.path(), ignored);
  }
}

/// @return nullopt if another process holds it.
std::optional<util::Fd> try_lock(const std::string& path) {
  auto fd = util::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW);
  if (!fd || ::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return std::move(*fd);
}

std::string state_name(SessionInfo::State state) {
  switch (state) {
    case SessionInfo::State::open:
      return "empty";
    case SessionInfo::State::submitted:
      return "submitted";
    case SessionInfo::State::cancelled:
      return "cancelled";
  }
  return "";
}

/// A shell that cannot be seen from here may run. While this process itself holds the lock of the session's shell, no `listen`
/// has it, and only what is noted of the shell counts.
ShellState shell_of(const std::string& path, bool is_ours) {
  if (!is_ours) {
    SessionInfo info;
    look_for_shell(path, info);
    return info.shell;
  }
  const auto text = util::read_file(path + "/" + alive_file).value_or("");
  const auto line = text.find('\n');
  return line == std::string::npos ? ShellState::gone
                                   : look_for_process(text.substr(line + 1, text.find('\n', line + 1) - line - 1));
}

/// Returns the session as one to be removed; nullopt if it must stay.
/// @param is_ours whether it is this process that holds the locks of the session's shell and of the journals.
std::optional<Pruned> find_prunable(const StateFolder& folder, const std::string& name, bool is_ours) {
  const auto path = folder.sessions() + "/" + name;
  const auto journal = path + "/journal";
  struct stat state {};
  const bool begun = ::stat(journal.c_str(), &state) == 0 ? state.st_size > 0 : errno != ENOENT;
  if (!begun) {  // its `listen` was killed before it had a journal
    Pruned never{name, "never begun", written_at(path)};
    return is_ours || std::time(nullptr) - never.time > min_age_seconds ? std::optional(never) : std::nullopt;
  }
  const auto session = Session::open(folder, name);
  const auto contents = session ? session->read(is_ours) : util::Result<SessionContents>(util::fail("", ""));
  if (!contents || contents->info.jobs > 0 || shell_of(path, is_ours) != ShellState::gone) return std::nullopt;
  const auto& notes = contents->submissions;
  if (!std::all_of(notes.begin(), notes.end(), [](const auto& note) { return note.accepted; })) return std::nullopt;
  return Pruned{name, notes.empty() ? state_name(contents->info.state) : "submitted", written_at(journal)};
}

/// @return false if somebody began to use it in the meantime.
util::Result<bool> remove_session(const StateFolder& folder, const std::string& name) {
  const auto path = folder.sessions() + "/" + name;
  const auto shell = try_lock(path + "/" + alive_file);
  const auto submit = try_lock(path + "/submit.lock");
  if (!shell || !submit) return false;
  TRY(const auto journals, lock_counter(folder.counter()));  // nobody can record while this lock is held
  if (!find_prunable(folder, name, true)) return false;
  CHECK_OK(note_given_ids(journals.get(), folder.counter()));
  CHECK_OK(remove_folder(folder.sessions(), name));
  return true;
}

/// Copies of the program (capture/session_files.hpp) that no session has a hard link to any more.
void remove_unused_programs(const StateFolder& folder) {
  const auto programs = folder.path() + "/programs";
  for (const auto& name : util::names_in(programs)) {
    const auto path = programs + "/" + name;
    struct stat state {};
    const bool is_unused = ::lstat(path.c_str(), &state) == 0 && state.st_nlink == 1;
    if (is_unused && std::time(nullptr) - state.st_mtime > min_age_seconds) ::unlink(path.c_str());
  }
}

}  // namespace

util::Result<std::vector<Pruned>> prune_sessions(const StateFolder& folder, const PruneRules& rules, const std::string& own) {
  if (!rules.dry_run) remove_leftovers(folder.sessions());
  std::vector<Pruned> candidates;
  for (const auto& name : util::names_in(folder.sessions())) {
    if (name == own) continue;
    if (auto over = find_prunable(folder, name, false)) candidates.push_back(std::move(*over));
  }
  auto chosen = choose(std::move(candidates), rules);
  std::vector<Pruned> removed;
  for (auto& session : chosen) {
    bool gone = rules.dry_run;
    if (!gone) {
      TRY(gone, remove_session(folder, session.name));
    }
    if (gone) removed.push_back(std::move(session));
  }
  if (!rules.dry_run) remove_unused_programs(folder);
  return removed;
}

util::Result<std::vector<Pruned>> prune_submissions(const StateFolder& folder, const PruneRules& rules,
                                                    const std::function<bool(const std::string&, const std::string&)>& is_known) {
  if (!rules.dry_run) remove_leftovers(folder.submissions());
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  std::vector<Pruned> candidates;
  for (const auto& marker : util::names_in(folder.submissions())) {
    const auto submission_folder = folder.submissions() + "/" + marker;
    const auto time = std::max(written_at(submission_folder), written_at(submission_folder + "/record.json"));
    if (now - time <= min_age_seconds) continue;
    const auto record = read_submission(submission_folder);
    if (record && record->is_newer()) continue;  // whether it is over stands there in words that are not known here
    const auto job_id = record ? record->job_id : "";
    if (is_known(marker, job_id)) continue;
    candidates.push_back({job_id.empty() ? marker : job_id + " (" + marker + ")", marker, time});
  }
  auto chosen = choose(std::move(candidates), rules);
  std::vector<Pruned> removed;
  if (!rules.dry_run && !chosen.empty()) {
    TRY(const auto ids, lock_counter(folder.counter()));
    CHECK_OK(note_given_ids(ids.get(), folder.counter()));
  }
  for (auto& submission : chosen) {
    const auto marker = std::exchange(submission.state, "submission");
    const auto lock = rules.dry_run ? std::nullopt : try_lock(folder.submissions() + "/" + marker + "/lock");
    if (!rules.dry_run && !lock) continue;  // its sbatch still runs
    if (!rules.dry_run) CHECK_OK(remove_folder(folder.submissions(), marker));
    removed.push_back(std::move(submission));
  }
  return removed;
}

}  // namespace sarray::store
