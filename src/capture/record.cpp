#include "capture/record.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <new>
#include <string>

#include "capture/check.hpp"
#include "capture/driver.hpp"
#include "capture/parents.hpp"
#include "capture/surroundings.hpp"
#include "capture/take_call.hpp"
#include "slurm/client/client.hpp"
#include "store/session.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/shell_quote.hpp"
#include "util/user_text.hpp"

extern char** environ;

namespace sarray::capture {

namespace {

void say(int fd, const std::string& text) { [[maybe_unused]] const auto told = util::write_all(fd, text, ""); }

int report(const util::Error& error) {
  say(2, util::format_error(error, ::isatty(2) != 0));
  return error.status;
}

/// Replaces this process by the real sbatch, with the environment that it would have had without us.
int become_real_sbatch(char** argv) { return report(become_real("sbatch", argv)); }

slurm::Dialect read_dialect(const store::Session& session) {
  const auto text = util::read_file(session.folder() + "/dialect");
  if (!text) return {};
  auto dialect = slurm::Dialect::deserialize(*text);
  return dialect ? std::move(*dialect) : slurm::Dialect();
}

/// Returns Slurm as the caller would ask it.
slurm::Client client_of(const slurm::Call& call) {
  return {call.environment, find_real_sbatch(call.environment.get("PATH").value_or(""))};
}

/// Returns the cluster that sbatch would name in its answer: of "all", or of a list, the one that there is. Empty: it names none.
/// @return an error if there are several: which one takes the job is only known when it is submitted.
util::Result<std::string> find_cluster(const TakenCall& taken) {
  const auto* clusters = taken.job.find("clusters");
  if (clusters == nullptr) return std::string();
  const auto& value = clusters->value;
  if (value != "all" && value.find(',') == std::string::npos) return value;
  const auto option = "--clusters=" + value;
  const auto known = client_of(taken.call).clusters();
  if (!known) return util::fail(option, known.error().what + ": " + known.error().why, "--clusters=NAME");
  std::vector<std::string> meant;
  for (const auto& name : *known) {
    if (value == "all" || ("," + value + ",").find("," + name + ",") != std::string::npos) meant.push_back(name);
  }
  if (meant.size() == 1) return meant.front();
  return util::fail(option,
                    meant.empty() ? "there is no such cluster"
                                  : "it means " + std::to_string(meant.size()) +
                                        " clusters, and which of them takes the job is known only when it is submitted",
                    "--clusters=NAME");
}

std::string answer(const slurm::Job& job, const std::string& cluster, bool quiet, std::uint32_t id) {
  if (quiet || job.quiet) return "";
  if (job.parsable) return std::to_string(id) + (cluster.empty() ? "" : ";" + cluster) + "\n";
  return "Submitted batch job " + std::to_string(id) + (cluster.empty() ? "" : " on cluster " + cluster) + "\n";
}

/// "job 3: train, 2 tasks, 14 in all".
std::string queued_text(const store::Appended& appended, const slurm::Job& job, std::uint32_t tasks) {
  return "job " + std::to_string(appended.job) + ": " + util::printable(job.name) + ", " + util::count(tasks, "task") +
         (appended.tasks_queued > tasks ? ", " + std::to_string(appended.tasks_queued) + " in all" : "");
}

/// Whether what is written to standard output and to standard error is seen on one terminal.
bool shares_terminal() {
  struct stat output {};
  struct stat error {};
  return ::isatty(1) != 0 && ::isatty(2) != 0 && ::fstat(1, &output) == 0 && ::fstat(2, &error) == 0 &&
         output.st_rdev == error.st_rdev;
}

/// Adds to the error the command with which a call that a merge cannot keep can be submitted alone.
util::Error name_real_sbatch(util::Error error, int argc, char** argv) {
  const auto program = find_real_sbatch(clean_environment(environ).get("PATH").value_or("")).value_or("");
  if (error.hint != slurm::real_sbatch_hint || program.empty()) return error;
  error.hint = program;
  for (int i = 1; i < argc; ++i) error.hint += " " + util::shell_quote(argv[i]);
  return error;
}

struct Answer {
  std::string text;
  std::uint32_t job = 0;  ///< its number in the session
  std::string waits_for;  ///< virtual id, if the call is to wait for the job's end; else empty
};

/// Whether the session's program is run by a `sarray run` that submits what it waits for.
bool is_driven(const store::Session& session) { return ::access((session.folder() + "/" + driver_file).c_str(), F_OK) == 0; }

/// Becomes the program that waits for a recorded job's end, and has its status.
int wait_for(const std::string& id) {
  const std::string programs = ::getenv(util::bin_variable);  // the session's, which is known
  const auto path = programs.substr(0, programs.rfind('/') + 1) + waiting_file;
  if (const auto file = util::open_file(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW)) [[maybe_unused]]
    const auto noted = util::write_all(file->get(), "?", waiting_file);
  const auto program = programs + "/sarray";
  ::execl(program.c_str(), "sarray", "exec", "wait", id.c_str(), nullptr);
  return report({program, util::errno_text(errno), "sarray status " + id + " --wait"});
}

/// Returns the error for a call from an environment that was saved in a session and is used after its end (`export -p`, a tmux
/// server, at): recorded, it would wait for nobody.
util::Error session_is_over(const store::Session& session) {
  const auto program = find_real_sbatch(clean_environment(environ).get("PATH").value_or("")).value_or("");
  return {"session " + session.name() + " is over", "nothing was recorded, and nothing was submitted",
          "sarray listen --resume " + session.name() + " opens it again" +
              (program.empty() ? "" : "; Slurm's own sbatch is " + util::shell_quote(program))};
}

/// Whether the call is in the journal: what is said when memory ends depends on it.
bool is_recorded = false;

/// Says in words that memory has ended, with none to spare: an exception would have to find some, and to be caught before main.
[[noreturn]] void end_without_memory() {
  constexpr std::string_view not_recorded =
      "sarray: error: out of memory: the call was not recorded, and nothing was submitted\n";
  constexpr std::string_view recorded =
      "sarray: error: out of memory: the call is recorded, but cannot be answered\nhint: sarray list\n";
  const auto text = is_recorded ? recorded : not_recorded;
  [[maybe_unused]] const auto told = ::write(2, text.data(), text.size());
  ::_exit(static_cast<int>(util::Exit::failed));
}

/// @return nullopt if the call belongs to the real sbatch.
util::Result<std::optional<Answer>> record(int argc, char** argv) {
  TRY(const auto folder, store::StateFolder::open());
  TRY(auto session, store::Session::current(folder));
  if (session.is_over()) return util::fail(session_is_over(session));
  const auto dialect = read_dialect(session);
  CallTaker taker(dialect);
  if (is_driven(session)) taker.accept_wait();
  auto taken_call = taker.take(std::vector<std::string>(argv, argv + argc), clean_environment(environ), true);
  if (!taken_call) return util::fail(name_real_sbatch(std::move(taken_call).error(), argc, argv));
  const auto& taken = *taken_call;
  if (taken.for_real_sbatch) return std::optional<Answer>{};
  const auto& job = taken.job;
  CHECK_OK(check_parents(job, session, folder, taken.call.environment, dialect));
  const auto tasks = job.ids ? job.ids->count() : 1;
  TRY(const auto cluster, find_cluster(taken));
  CHECK_OK(check_call(session, taken, client_of(taken.call), dialect));
  if (taken.intake.verbose > 0 || taken.call.environment.get("SBATCH_DEBUG"))
    say(2, client_of(taken.call).defined_options(taken.call));
  ::signal(SIGXFSZ, SIG_IGN);  // exceeding the limit on the size of files is then an error, as a full disk is
  TRY(const auto appended, session.append(taken.call, tasks));
  is_recorded = true;
  auto text = answer(job, cluster, taken.intake.quiet, appended.id);
  // A person is told in one line. What a program reads is sbatch's answer and nothing else.
  if (shares_terminal() && text.ends_with('\n')) {
    if (!job.parsable) text.insert(text.size() - 1, "  (queued as " + queued_text(appended, job, tasks) + ")");
  } else if (::isatty(2) != 0) {
    say(2, "sarray: queued as " + queued_text(appended, job, tasks) + "\n");
  }
  return std::optional(Answer{std::move(text), appended.job, job.waits ? std::to_string(appended.id) : ""});
}

}  // namespace

int record_sbatch(int argc, char** argv) {
  std::set_new_handler(end_without_memory);
  find_session_by_program();
  // The session's shell calls us by our path; messages and the record have the name that the user typed.
  if (argc > 0) argv[0] += std::string_view(argv[0]).rfind('/') + 1;
  const char* session = ::getenv(util::session_variable);
  if (session == nullptr || *session == '\0') return become_real_sbatch(argv);
  if (const auto job = find_inner_job(); !job.empty()) {
    if (::isatty(2) != 0) util::note("inside job " + job + " sbatch submits; only the session's own shell records");
    return become_real_sbatch(argv);
  }
  const auto recorded = record(argc, argv);
  if (!recorded) return report(recorded.error());
  if (!*recorded) return become_real_sbatch(argv);
  const auto& answer = **recorded;
  if (const auto told = util::write_all(1, answer.text, "standard output"); !told) {
    const auto job = std::to_string(answer.job);
    return report({"standard output", told.error().why + "; the call is queued nevertheless, as job " + job,
                   "sarray drop " + job + ", before it is repeated"});
  }
  return answer.waits_for.empty() ? 0 : wait_for(answer.waits_for);
}

}  // namespace sarray::capture
