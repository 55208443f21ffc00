#include "queue/gather.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "capture/surroundings.hpp"
#include "capture/take_call.hpp"
#include "queue/queue_file.hpp"
#include "util/fd.hpp"
#include "util/file_lock.hpp"
#include "util/message.hpp"
#include "util/pages.hpp"
#include "util/process.hpp"
#include "util/progress.hpp"

extern char** environ;

namespace sarray::queue {

namespace {

/// Of an argument, with its end (Linux, binfmts.h: MAX_ARG_STRLEN).
constexpr std::size_t longest_argument = std::size_t{128} << 10;
/// Memory that a submit takes for each byte of what it reads (measured with short calls, which take most).
constexpr std::size_t heap_per_byte_of_journal = 10;
constexpr std::size_t heap_per_byte_of_queue_file = 50;

/// A refusal, with the call that it is about in front.
util::Error place_error(util::Error error, const std::string& place) {
  if (error.what.empty()) {
    error.what = place;
    error.why = "sbatch refuses this call";
  } else {
    error.what = place + ": " + error.what;
  }
  return error;
}

}  // namespace

slurm::SlurmSite find_site() {
  auto environment = capture::clean_environment(environ);
  auto sbatch = capture::find_real_sbatch(environment.get("PATH").value_or(""));
  return slurm::SlurmSite{environment, slurm::Client(environment, std::move(sbatch))};
}

slurm::Dialect learn_dialect(const slurm::Client& client) {
  if (!client.has_sbatch()) return {};
  auto dialect = client.dialect();
  return dialect ? std::move(*dialect) : slurm::Dialect();
}

util::Result<store::Session> find_session(const std::string& name) {
  TRY(const auto folder, store::StateFolder::open());
  return name.empty() ? store::Session::current(folder) : store::Session::open(folder, name);
}

util::Result<util::Fd> lock_session(const store::Session& session) {
  constexpr int patience = 20;  // times 50 ms: another drop is done by then
  TRY(auto fd, util::open_file(session.folder() + "/submit.lock", O_RDWR | O_CREAT | O_NOFOLLOW));
  for (int i = 0; ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
    if (errno != EWOULDBLOCK && errno != EINTR) return util::fail(session.folder() + "/submit.lock", util::errno_text(errno));
    if (i == patience) {
      return util::fail("session " + session.name(),
                        "it is being submitted, or cancelled, by another process: " + util::describe_lock_holder(fd.get()),
                        "sarray list, when that has ended");
    }
    ::usleep(50000);
  }
  return fd;
}

void warn_of_unsettled(const store::SessionContents& contents) {
  for (const auto& note : contents.submissions) {
    if (note.accepted) continue;
    util::warn("an earlier submission of jobs " + plan::format_numbers(note.jobs) +
               " was interrupted; it is not known whether Slurm has them: squeue --me");
  }
}

util::Result<slurm::Job> resolve_recorded(slurm::Resolver& resolver, const store::RecordedCall& recorded) {
  resolver.accept_wait();  // it was judged when it was recorded
  auto job = resolver.resolve(*recorded.call);
  if (job && recorded.released) std::erase_if(job->settings, [](const auto& setting) { return setting.option->name == "hold"; });
  return job;
}

util::Result<QueuedJobs> gather_session(store::Session session, std::uint32_t max_array_size) {
  QueuedJobs queued;
  if (const auto text = util::read_file(session.folder() + "/dialect")) {
    if (auto dialect = slurm::Dialect::deserialize(*text)) queued.dialect = std::move(*dialect);
  }
  util::prepare_heap(session.journal_size() * heap_per_byte_of_journal);
  TRY(queued.contents, session.read());
  slurm::Resolver resolver(queued.dialect, max_array_size);
  queued.jobs.reserve(queued.contents.calls.size());
  util::Progress progress("reading calls", queued.contents.calls.size());
  for (const auto& recorded : queued.contents.calls) {
    progress.step();
    if (recorded.dropped || recorded.submitted) continue;
    auto job = resolve_recorded(resolver, recorded);
    if (!job) return util::fail(place_error(std::move(job).error(), "job " + std::to_string(recorded.job)));
    queued.jobs.push_back({recorded.job, recorded.id, recorded.call, std::move(*job)});
  }
  queued.session = std::move(session);
  return queued;
}

util::Result<QueuedJobs> gather_file(const std::string& path, const slurm::SlurmSite& site, std::uint32_t max_array_size) {
  TRY(const auto text, path == "-" ? util::read_all(0, "standard input") : util::read_file(path));
  util::prepare_heap(text.size() * heap_per_byte_of_queue_file);
  TRY(const auto lines, read_queue_file(text, path, site.environment));
  QueuedJobs queued;
  queued.dialect = learn_dialect(site.client);
  capture::CallTaker taker(queued.dialect, max_array_size);
  queued.jobs.reserve(lines.size());
  util::Progress progress("reading calls", lines.size());
  for (const auto& line : lines) {
    progress.step();
    const auto place = path + ": line " + std::to_string(line.line);
    for (const auto& word : line.words) {
      if (word.size() >= longest_argument)
        return util::fail(place,
                          "an argument has " + std::to_string(word.size()) + " bytes, and no program can be given more than " +
                              std::to_string(longest_argument - 1),
                          "put it into a file");
    }
    auto environment = site.environment;
    for (const auto& [name, value] : line.assignments) environment.set(name, value);
    auto taken = taker.take(line.words, std::move(environment), false);
    if (!taken) {
      auto error = place_error(std::move(taken).error(), place);
      if (error.hint.empty() && looks_like_program(text, path))
        error.hint = "run the file as a program: " + command_to_run(text, path);
      return util::fail(std::move(error));
    }
    if (taken->for_real_sbatch) return util::fail(place, "this call submits nothing", "remove the line");
    auto call = std::make_shared<slurm::Call>(std::move(taken->call));
    queued.jobs.push_back({static_cast<std::uint32_t>(queued.jobs.size() + 1), 0, std::move(call), std::move(taken->job)});
  }
  return queued;
}

std::string installed_options(const slurm::Client& client) {
  if (!client.has_sbatch()) return {};
  const auto dialect = client.dialect();
  return dialect ? dialect->serialize() : "";
}

}  // namespace sarray::queue
