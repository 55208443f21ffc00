#include "follow/task_files.hpp"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>

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
  return is_hidden ? std::string() : path;
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

std::string FileFinder::find_one(const follow::Attempt& attempt, const script::MappedJob& job, const slurm::TaskRecord& task,
                                 script::Stream stream) {
  const auto guess = follow::file_name(job, stream, attempt.job_id, task, m_surroundings, true);
  if (!guess) return {};
  if (!guess->is_glob && exists(guess->path)) return guess->path;
  if (auto linked = follow_link(attempt.map.link_folder, stream, task.index); !linked.empty()) return linked;
  const auto certain = follow::file_name(job, stream, attempt.job_id, task, m_surroundings, false);
  if (certain->is_glob) {
    if (auto match = newest_match(certain->path); !match.empty()) return match;
  }
  return guess->path;
}

TaskFiles FileFinder::find(std::uint32_t index) {
  learn_surroundings();
  const auto& last = m_history.latest[index];
  const auto& attempt = m_history.attempts[last.attempt];
  const auto* job = attempt.map.job_at(last.index);
  if (job == nullptr) return {};
  const auto& task = attempt.tasks[last.index];
  return {find_one(attempt, *job, task, script::Stream::output), find_one(attempt, *job, task, script::Stream::error)};
}

}  // namespace sarray::follow
