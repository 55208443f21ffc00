#include "follow/task_files.hpp"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>

#include "slurm/client/arrays.hpp"
#include "slurm/language/file_pattern.hpp"

namespace sarray::follow {

namespace {

/// Returns the target of our own link to the file, if there is one: the task itself has put its name there.
std::string follow_link(const std::string& link_folder, script::Stream stream, std::uint32_t index) {
  if (link_folder.empty()) return {};
  const auto link = link_folder + "/" + script::stream_name(stream) + "/" + std::to_string(index);
  std::array<char, PATH_MAX> target{};
  const auto length = ::readlink(link.c_str(), target.data(), target.size());
  if (length <= 0) return {};
  std::string path(target.data(), static_cast<std::size_t>(length));
  const bool is_hidden = path.substr(path.rfind('/') + 1).starts_with(".sarray-");
  struct stat status {};
  const bool is_folder = ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);  // Slurm makes the name in it
  return is_hidden || is_folder ? std::string() : path;
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

/// Returns the newest file that matches; empty if none does.
std::string newest_match(const std::string& pattern) {
  glob_t matches{};
  std::string newest;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches) == 0) {
    timespec latest{};
    for (std::size_t i = 0; i < matches.gl_pathc; ++i) {
      struct stat status {};
      if (::stat(matches.gl_pathv[i], &status) != 0) continue;
      const auto& time = status.st_mtim;
      if (!newest.empty() && (time.tv_sec < latest.tv_sec || (time.tv_sec == latest.tv_sec && time.tv_nsec <= latest.tv_nsec)))
        continue;
      latest = time;
      newest = matches.gl_pathv[i];
    }
  }
  ::globfree(&matches);
  return newest;
}

}  // namespace

void FileFinder::learn_surroundings() {
  if (m_is_learned) return;
  m_is_learned = true;
  const auto uses = [&](char conversion) {
    for (const auto& attempt : m_history.attempts) {
      for (const auto& job : attempt.map.jobs) {
        for (const auto* pattern : {&job.output, &job.error}) {
          if (*pattern && slurm::has_conversion(**pattern, conversion)) return true;
        }
      }
    }
    return false;
  };
  if (uses('u')) m_surroundings.user = slurm::user_name(m_site.environment);
  if (!uses('b') && !uses('r')) return;
  if (const auto version = m_site.client.version()) m_surroundings.release = slurm::Dialect::from_help(*version, "").release();
}

/// Whether it was not sarray that submitted the script, so that its files are named by what squeue shows. What is noted here was
/// submitted by sarray; of another array Slurm shows whether its script lies in a submission's folder.
bool FileFinder::is_by_hand(std::uint32_t number) {
  m_by_hand.resize(m_history.attempts.size());
  auto& known = m_by_hand[number];
  if (known) return *known;
  const auto& attempt = m_history.attempts[number];
  known = false;
  if (attempt.noted == 0 && attempt.map.names == plan::Names::task) {
    const auto command = m_site.client.job_command(attempt.job_id);
    known = command && !command->empty() && !slurm::names_script(*command, attempt.map.submission_folder + "/sarray.slurm");
  }
  return *known;
}

FileSurroundings FileFinder::surroundings_of(std::uint32_t attempt) {
  learn_surroundings();
  auto surroundings = m_surroundings;
  surroundings.names = m_history.attempts[attempt].map.names;
  surroundings.by_hand = is_by_hand(attempt);
  return surroundings;
}

std::string FileFinder::find_one(const LatestAttempt& run, const script::MappedJob& job, script::Stream stream) {
  const auto& attempt = m_history.attempts[run.attempt];
  const auto& task = attempt.task(run.index);
  const auto surroundings = surroundings_of(run.attempt);
  const auto guess = file_name(job, stream, attempt.job_id, task, surroundings, true);
  if (!guess) return {};
  if (!guess->is_glob && exists(guess->path)) return guess->path;
  const auto& links = surroundings.by_hand ? std::string() : attempt.map.link_folder;
  if (auto linked = follow_link(links, stream, task.index); !linked.empty()) return linked;
  const auto certain = file_name(job, stream, attempt.job_id, task, surroundings, false);
  if (certain->is_glob) {
    if (auto match = newest_match(certain->path); !match.empty()) return match;
  }
  return guess->path;
}

TaskFiles FileFinder::find_in(const LatestAttempt& run) {
  const auto* job = m_history.attempts[run.attempt].map.job_at(run.index);
  if (job == nullptr) return {};
  return {find_one(run, *job, script::Stream::output), find_one(run, *job, script::Stream::error), run};
}

TaskFiles FileFinder::find(std::uint32_t index) { return find_in(m_history.latest_of(index)); }

std::string FileFinder::expected_output(std::uint32_t index) {
  const auto& run = m_history.latest_of(index);
  const auto& attempt = m_history.attempts[run.attempt];
  const auto* job = attempt.map.job_at(run.index);
  if (job == nullptr) return {};
  const auto name =
      file_name(*job, script::Stream::output, attempt.job_id, attempt.task(run.index), surroundings_of(run.attempt), true);
  return name ? name->path : std::string();
}

std::vector<TaskFiles> FileFinder::find_all(std::uint32_t index) {
  if (m_runs.empty()) m_runs = find_runs(m_history);
  std::vector<TaskFiles> all;
  const auto& runs = m_runs[m_history.position(index)];
  for (const auto& run : runs) {
    auto files = find_in(run);
    // A later attempt has given them another name, if there is one (share/dispatch/5-files.bash: keep_earlier).
    if (&run != &runs.back()) {
      for (auto* path : {&files.output, &files.error}) {
        const auto kept = *path + "." + std::to_string(run.attempt + 1);
        if (!path->empty() && exists(kept)) *path = kept;
      }
    }
    all.push_back(std::move(files));
  }
  for (auto files = all.begin(); files != all.end();) {
    const auto is_written = [&](const std::string& path) {
      return std::any_of(files + 1, all.end(), [&](const auto& later) { return later.output == path || later.error == path; });
    };
    files = is_written(files->output) ? all.erase(files) : files + 1;
  }
  return all;
}

}  // namespace sarray::follow
