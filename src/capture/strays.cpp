#include "capture/strays.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <set>
#include <string_view>
#include <vector>

#include "slurm/client/arrays.hpp"
#include "slurm/client/recent.hpp"
#include "util/fd.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/parse.hpp"
#include "util/process.hpp"

namespace sarray::capture {

namespace {

constexpr const char* place_file = "place";
constexpr const char* known_file = "known-jobs";  ///< ids of jobs that are not to be named, a line each
// Empty files that the library makes (intercept.cpp) when a program is started that can leave its reach.
constexpr const char* other_user_file = "other-user";
constexpr const char* other_host_file = "other-host";

struct Place {
  std::int64_t unix_session = 0;
  std::int64_t begun = 0;
  std::string folder;
};

std::optional<Place> read_place(const store::Session& session) {
  const auto text = util::read_file(session.folder() + "/" + place_file);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  const auto unix_session = util::to_number<std::int64_t>(util::take_until(rest, ' '));
  const auto begun = util::to_number<std::int64_t>(util::take_until(rest, ' '));
  if (!unix_session || !begun) return std::nullopt;
  return Place{*unix_session, *begun, std::string(rest)};
}

std::set<std::string, std::less<>> read_known(const std::string& session_folder) {
  std::set<std::string, std::less<>> known;
  const auto text = util::read_file(session_folder + "/" + known_file).value_or("");
  for (std::string_view rest = text; !rest.empty();) known.emplace(util::take_until(rest, '\n'));
  return known;
}

void note_known(const std::string& session_folder, const std::string& job_id) {
  const auto file = util::open_file(session_folder + "/" + known_file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW);
  if (file) [[maybe_unused]]
    const auto noted = util::write_all(file->get(), job_id + "\n", known_file);
}

bool is_below(std::string_view folder, std::string_view above) {
  return folder.starts_with(above) && (folder.size() == above.size() || above == "/" || folder[above.size()] == '/');
}

/// Slurm has the name up to the first dot, and "localhost" if it could not find one out.
bool is_this_host(std::string_view host) {
  const auto own = util::host_name();
  return host == own || host == own.substr(0, own.find('.')) || host == "localhost";
}

class StrayRule {
 public:
  StrayRule(const store::Session& session, const store::SessionContents& contents, Place place)
      : m_place(std::move(place)), m_known(read_known(session.folder())) {
    const auto exists = [&](const char* file) { return ::access((session.folder() + "/" + file).c_str(), F_OK) == 0; };
    m_with_other_users = exists(other_user_file);
    m_with_other_hosts = exists(other_host_file);
    m_folders.insert(m_place.folder);
    for (const auto& call : contents.calls) m_folders.insert(call.call->directory);
  }

  [[nodiscard]] const Place& place() const { return m_place; }
  [[nodiscard]] bool with_other_users() const { return m_with_other_users; }

  [[nodiscard]] bool is_stray(const slurm::RecentJob& job) const {
    if (!job.is_batch || m_known.count(job.job_id) > 0 || slurm::is_submission_script(job.command)) return false;
    const bool is_here = is_this_host(job.host);
    if (job.session == m_place.unix_session && (is_here || job.user == ::getuid())) return true;
    if (!is_here && !m_with_other_hosts) return false;
    return std::any_of(m_folders.begin(), m_folders.end(), [&](const auto& folder) { return is_below(job.directory, folder); });
  }

 private:
  Place m_place;
  std::set<std::string, std::less<>> m_known;
  std::set<std::string> m_folders;
  bool m_with_other_users = false;
  bool m_with_other_hosts = false;
};

}  // namespace

util::Result<void> note_place(const store::Session& session) {
  char* folder = ::getcwd(nullptr, 0);
  const std::string text = std::to_string(::getsid(0)) + " " + std::to_string(std::time(nullptr)) + " " +
                           (folder != nullptr ? folder : "/nonexistent");
  ::free(folder);
  return util::write_file_atomically(session.folder() + "/" + place_file, text);
}

void warn_of_strays(const store::Session& session, const store::SessionContents& contents, const slurm::Client& client) {
  constexpr std::chrono::seconds patience{5};
  auto place = read_place(session);
  if (!place || !client.has_sbatch()) return;
  const StrayRule rule(session, contents, std::move(*place));
  const auto jobs = client.recent_jobs(rule.place().begun, rule.with_other_users(), patience);
  if (!jobs) return;
  std::vector<std::uint32_t> strays;
  for (const auto& job : *jobs) {
    if (rule.is_stray(job)) strays.push_back(util::to_number<std::uint32_t>(job.job_id).value_or(0));
  }
  std::sort(strays.begin(), strays.end());
  strays.erase(std::unique(strays.begin(), strays.end()), strays.end());
  if (strays.empty()) return;
  const auto text = util::join(strays, ", ", [](auto id) { return std::to_string(id); });
  util::warn("session " + session.name() + " did not record " + (strays.size() == 1 ? "job " : "jobs ") + text +
                 ", submitted since it began",
             "scancel ID, if it was to be recorded; sarray real sbatch ... submits past a session without this warning");
  for (const auto id : strays) note_known(session.folder(), std::to_string(id));
}

void note_not_stray(const std::string& job_id) {
  const auto folder = store::StateFolder::open();
  if (!folder) return;
  if (const auto session = store::Session::current(*folder)) note_known(session->folder(), job_id);
}

}  // namespace sarray::capture
