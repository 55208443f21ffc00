#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <set>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/task_word.hpp"
#include "engine/engine.hpp"
#include "follow/group.hpp"
#include "follow/task_files.hpp"
#include "queue/gather.hpp"
#include "report/status.hpp"
#include "util/fd.hpp"
#include "util/json.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

struct LogOptions {
  std::string word;
  std::string script;
  follow::Selection selection;
  std::optional<std::uint32_t> lines;
  bool follow = false;
  bool json = false;
};

util::Result<std::optional<LogOptions>> parse(const Words& words) {
  LogOptions options;
  std::string lines;
  cli::Arguments arguments("logs", "Shows what tasks wrote, with a heading for each file if there are several.",
                           "[TASK] [--job SEL] [--failed] [-n LINES] [-f] [--json]");
  auto& app = arguments.app();
  app.add_option("task", options.word, std::string(task_help) + ", which is taken if nothing is given");
  app.add_option("--job", options.selection.jobs, job_help)
      ->type_name("SEL")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--tasks", options.selection.tasks, "only these indices of the array")->type_name("IDS");
  app.add_flag("--failed", options.selection.failed, "only tasks that failed, or ran out of time or of memory");
  app.add_option("-n,--lines", lines, "only the last LINES of each file")->type_name("LINES");
  auto* follow = app.add_flag("-f,--follow", options.follow, "keep printing as the files grow, until the tasks are done");
  app.add_flag("--json", options.json, "the files' names and sizes instead of what is in them (docs/json.md)")->excludes(follow);
  app.add_option("--from,--script", options.script, "the submitted script, if Slurm no longer has it")->type_name("FILE");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return std::optional<LogOptions>();
  if (!lines.empty()) {
    TRY(options.lines, util::parse_number(lines, "-n", 0, "sarray logs --help"));
  }
  return std::optional(std::move(options));
}

/// One file that tasks write to, and how much of it was shown.
struct Log {
  std::string path;
  std::string heading;
  const follow::History* history = nullptr;
  std::uint32_t index = 0;  ///< of the first task that writes to it
  off_t shown = 0;
  bool is_seen = false;
};

/// Returns the offset at which the last `lines` lines begin.
util::Result<off_t> find_tail(int fd, off_t size, std::uint32_t lines, const std::string& path) {
  std::array<char, 16384> block{};
  std::uint32_t seen = 0;
  if (lines == 0) return size;
  for (off_t end = size; end > 0;) {
    const off_t begin = std::max<off_t>(end - static_cast<off_t>(block.size()), 0);
    const auto got = ::pread(fd, block.data(), static_cast<std::size_t>(end - begin), begin);
    if (got < 0) return util::fail(path, util::errno_text(errno));
    for (off_t i = got - 1; i >= 0; --i) {
      const bool is_last_byte = begin + i == size - 1;
      if (block[static_cast<std::size_t>(i)] != '\n' || is_last_byte) continue;
      if (++seen == lines) return begin + i + 1;
    }
    end = begin;
  }
  return off_t{0};
}

/// Copies the file from offset `from` to its end. @return the offset at which it ended.
util::Result<off_t> copy_from(int fd, off_t from, const std::string& path) {
  std::array<char, 65536> block{};
  while (true) {
    const auto got = ::pread(fd, block.data(), block.size(), from);
    if (got < 0) return util::fail(path, util::errno_text(errno));
    if (got == 0) return from;
    CHECK_OK(util::write_all(1, {block.data(), static_cast<std::size_t>(got)}, "standard output"));
    from += got;
  }
}

/// Shows files one after another, with a heading when it changes from one to another.
class LogPrinter {
 public:
  LogPrinter(bool headings, std::optional<std::uint32_t> lines) : m_headings(headings), m_lines(lines) {}

  /// Shows what is new. @return whether the file is there.
  util::Result<bool> show(Log& log) {
    // Not a device or a pipe: opening one could block for ever, or end something.
    struct stat status {};
    if (::stat(log.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    if (status.st_size == log.shown) return true;
    TRY(const auto fd, util::open_file(log.path, O_RDONLY | O_NONBLOCK));
    if (!log.is_seen && m_lines) {
      TRY(log.shown, find_tail(fd.get(), status.st_size, *m_lines, log.path));
    }
    if (status.st_size < log.shown) log.shown = 0;  // emptied: a requeued task begins again
    log.is_seen = true;
    CHECK_OK(print_heading(log));
    TRY(log.shown, copy_from(fd.get(), log.shown, log.path));
    return true;
  }

 private:
  util::Result<void> print_heading(const Log& log) {
    if (!m_headings || m_last == log.path) return {};
    const auto text = (m_last.empty() ? "" : "\n") + ("==> " + util::printable(log.heading + ": " + log.path)) + " <==\n";
    m_last = log.path;
    return util::write_all(1, text, "standard output");
  }

  bool m_headings;
  std::optional<std::uint32_t> m_lines;
  std::string m_last;
};

std::string heading_of(const follow::History& history, std::uint32_t index, const follow::LatestAttempt& run) {
  const auto& job = *history.map().job_at(index);
  const auto local = job.local_id(index);
  const bool is_earlier = run.attempt != history.latest_of(index).attempt;
  return history.attempts[run.attempt].job_id + "_" + std::to_string(run.index) + " " + job.name +
         (local ? " " + std::to_string(*local) : "") + (is_earlier ? " (attempt " + std::to_string(run.attempt + 1) + ")" : "");
}

/// The files of some tasks, each once; of a retried task those of each attempt.
class LogList {
 public:
  /// @param indices of the tasks, a list for each array of the group.
  LogList(const slurm::SlurmSite& site, const follow::Group& group, const std::vector<std::vector<std::uint32_t>>& indices)
      : m_site(site), m_histories(group.histories()), m_indices(indices) {}

  /// Names may become known as tasks start.
  void update() {
    for (std::size_t i = 0; i < m_histories.size(); ++i) {
      follow::FileFinder finder(m_site, *m_histories[i]);
      for (const auto index : m_indices[i]) {
        for (const auto& files : finder.find_all(index)) {
          for (const auto& path : {files.output, files.error}) {
            if (path.empty() || !m_paths.insert(path).second) continue;
            m_logs.push_back({path, heading_of(*m_histories[i], index, files.run), m_histories[i], index, 0, false});
          }
        }
      }
    }
  }
  [[nodiscard]] std::vector<Log>& logs() { return m_logs; }
  [[nodiscard]] bool is_over() const {
    for (std::size_t i = 0; i < m_histories.size(); ++i) {
      const bool is_done = std::all_of(m_indices[i].begin(), m_indices[i].end(), [&](auto index) {
        const auto state = m_histories[i]->task(index).state;
        return slurm::is_done(state) || state == slurm::TaskState::unknown;
      });
      if (!is_done) return false;
    }
    return true;
  }

 private:
  const slurm::SlurmSite& m_site;
  follow::Histories m_histories;
  const std::vector<std::vector<std::uint32_t>>& m_indices;
  std::set<std::string> m_paths;
  std::vector<Log> m_logs;
};

/// Reads on every second, and asks Slurm every tenth.
util::Result<void> follow_logs(follow::Group& group, const engine::Engine& engine, LogList& list, LogPrinter& printer) {
  for (unsigned second = 1;; ++second) {
    const bool over = list.is_over();
    for (auto& log : list.logs()) {
      TRY([[maybe_unused]] const bool there, printer.show(log));
    }
    if (over) return {};
    ::sleep(1);
    if (second % 10 != 0 && second > 3) continue;
    CHECK_OK(group.refresh(engine));
    list.update();
  }
}

util::Json logs_json(std::vector<Log>& logs, const follow::Group& group) {
  auto files = util::Json::array();
  for (const auto& log : logs) {
    struct stat status {};
    const bool exists = ::stat(log.path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    files.push_back({{"path", log.path},
                     {"task", report::task_name(*log.history, log.index)},
                     {"job", log.history->map().job_at(log.index)->name},
                     {"exists", exists},
                     {"bytes", exists ? util::Json(status.st_size) : util::Json(nullptr)}});
  }
  return {{"version", 1}, {"files", std::move(files)}, {"missing", follow::name_missing(group.missing())}};
}

/// Why there is nothing to show.
std::string explain_nothing(const Log& log) {
  if (log.path == "/dev/null") return "its output goes to /dev/null";
  if (::access(log.path.c_str(), F_OK) == 0) return log.path + ": not a regular file";
  return log.path + ": no such file; " + report::state_text(*log.history, log.index);
}

}  // namespace

Status logs(const Words& words) {
  TRY(const auto options, parse(words));
  if (!options) return 0;
  const auto site = queue::find_site();
  TRY(const auto word, read_shown_word(site, options->word));
  TRY(auto group, follow::Group::find(site, word, options->script, follow::Extent::tasks));
  warn_of_missing(group.missing(), LeftOut::not_shown);
  const engine::SlurmEngine engine(site.client);
  CHECK_OK(group.refresh(engine));
  TRY(const auto indices, group.filter(options->selection));
  std::size_t tasks = 0;
  for (const auto& list : indices) tasks += list.size();
  if (tasks == 0) {
    const auto first_id = group.histories().front()->attempts.front().job_id;
    return util::fail("job " + (group.name().empty() ? word.job_id : group.name()),
                      options->selection.failed ? "none of these tasks failed" : "no task matches", "sarray status " + first_id);
  }
  LogList list(site, group, indices);
  list.update();
  if (options->json) {
    std::fputs(util::to_line(logs_json(list.logs(), group)).c_str(), stdout);
    return 0;
  }
  LogPrinter printer(list.logs().size() > 1 || tasks > 1, options->lines);
  if (options->follow) {
    CHECK_OK(follow_logs(group, engine, list, printer));
    return 0;
  }
  bool any = false;
  for (auto& log : list.logs()) {
    TRY(const bool there, printer.show(log));
    any = any || there;
    if (there) continue;
    util::note(log.heading + ": " + explain_nothing(log));
  }
  return any ? 0 : static_cast<int>(util::Exit::failed);
}

}  // namespace sarray::commands
