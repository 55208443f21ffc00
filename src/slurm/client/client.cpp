#include "slurm/client/client.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "slurm/client/question_environment.hpp"

namespace sarray::slurm {

namespace {

/// A controller that is busy answers late; one that is down makes the commands give up by themselves, later than this.
constexpr std::chrono::seconds usual_patience{120};
/// What takes longer to fail has waited for somebody.
constexpr std::chrono::seconds slow{2};

template <class Number>
void read_number(std::string_view text, Number& number) {
  Number value{};
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{}) number = value;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

util::Error describe_failure(const std::string& command, int status, const std::string& words) {
  util::Error error;
  error.body = words;
  error.what = command;
  error.why = "it failed with status " + std::to_string(status);
  return error;
}

/// Returns the last lines, which say what became of the request.
std::string tail(std::string_view text) {
  constexpr std::size_t max_lines = 3;
  const auto lines = split_lines(text);
  std::string result;
  for (auto i = lines.size() - std::min(lines.size(), max_lines); i < lines.size(); ++i) result += std::string(lines[i]) + "\n";
  return result;
}

void set_limits(const SoftLimits& limits) {
  // In the order of limit_names.
  constexpr std::array<__rlimit_resource, 10> resources = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA,   RLIMIT_STACK,   RLIMIT_CORE,
                                                           RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS};
  for (std::size_t i = 0; i < resources.size(); ++i) {
    rlimit limit{};
    if (::getrlimit(resources[i], &limit) != 0) continue;
    limit.rlim_cur = limits[i] == unlimited ? RLIM_INFINITY : limits[i];
    if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    ::setrlimit(resources[i], &limit);
  }
}

}  // namespace

Configuration parse_configuration(std::string_view scontrol_output) {
  Configuration configuration;
  for (const auto line : split_lines(scontrol_output)) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto key = trim(line.substr(0, equals));
    auto value = trim(line.substr(equals + 1));
    if (key == "MaxArraySize") read_number(value, configuration.max_array_size);
    if (key == "JobFileAppend") configuration.job_file_append = value == "1";
    if (key == "ClusterName") configuration.cluster_name = value;
    if (key == "MinJobAge") read_number(value, configuration.min_job_age);
    if (key == "MaxJobCount") read_number(value, configuration.max_job_count);
    if (key != "SchedulerParameters" && key != "SlurmctldParameters") continue;
    while (!value.empty()) {
      const auto end = std::min(value.find(','), value.size());
      const auto word = trim(value.substr(0, end));
      if (word.starts_with("max_array_tasks=")) read_number(word.substr(16), configuration.max_array_tasks);
      if (word.starts_with("max_script_size=")) read_number(word.substr(16), configuration.max_script_size);
      if (word.starts_with("correspond_after_task_cnt=")) read_number(word.substr(26), configuration.correspond_after_task_cnt);
      if (word == "rl_enable") configuration.limits_requests = true;
      value.remove_prefix(std::min(end + 1, value.size()));
    }
  }
  return configuration;
}

bool is_whole_configuration(std::string_view scontrol_output) {
  constexpr std::array<std::string_view, 4> needed = {"ClusterName", "MaxArraySize", "MinJobAge", "Slurmctld("};
  const auto lines = split_lines(scontrol_output);
  return std::all_of(needed.begin(), needed.end(), [&](const auto word) {
    return std::any_of(lines.begin(), lines.end(), [&](const auto line) { return line.starts_with(word); });
  });
}

util::Result<Configuration> Client::configuration() const {
  if (!m_learned->configuration) {
    const std::vector<std::string> question = {"scontrol", "show", "config"};
    TRY(const auto output, ask(question));
    if (output.status != 0 && !is_whole_configuration(output.out))
      return util::fail(describe_failure(question[0], output.status, tail(output.out) + output.err));
    m_learned->configuration = parse_configuration(output.out);
  }
  return *m_learned->configuration;
}

JobRecord::JobRecord(std::string_view line) {
  // A field begins after a blank with a key of letters, digits, '/', ':' and '_', and '='. What looks like a field inside a
  // value (a path with " X=" in it) cannot be told apart; the keys that are asked for come before the values that users choose.
  std::size_t at = 0;
  std::string key;
  std::size_t value_begin = 0;
  const auto finish = [&](std::size_t end) {
    if (!key.empty()) m_fields.emplace(key, std::string(trim(line.substr(value_begin, end - value_begin))));
  };
  while (at < line.size()) {
    std::size_t end = at;
    while (end < line.size() &&
           (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '/' || line[end] == ':' || line[end] == '_'))
      ++end;
    if (end > at && end < line.size() && line[end] == '=' && std::isupper(static_cast<unsigned char>(line[at])) != 0) {
      finish(at);
      key = line.substr(at, end - at);
      value_begin = end + 1;
    }
    at = line.find(' ', std::max(end, at));
    if (at == std::string_view::npos) break;
    at = std::min(line.find_first_not_of(' ', at), line.size());
  }
  finish(line.size());
}

std::string_view JobRecord::get(std::string_view key) const {
  const auto found = m_fields.find(key);
  return found != m_fields.end() ? std::string_view(found->second) : std::string_view();
}

Client::Client(util::Environment environment, util::Result<std::string> sbatch)
    : m_environment(make_question_environment(std::move(environment))), m_sbatch(std::move(sbatch)) {}

util::Result<std::string> Client::find(const std::string& name) const {
  if (!m_sbatch || name == "sbatch") return m_sbatch;
  std::string path(m_environment.get("PATH").value_or(""));
  // Beside sbatch first: that the others belong to the same Slurm is likelier than that PATH leads to them.
  if (const auto slash = m_sbatch->rfind('/'); slash != std::string::npos) {
    path.insert(0, m_sbatch->substr(0, slash == 0 ? 1 : slash) + ":");
  }
  TRY(const auto found, util::find_in_path(name, path, [](const struct stat&) { return false; }));
  return found.value_or("");
}

util::Result<std::string> Client::run(const std::vector<std::string>& argv) const {
  using std::chrono::steady_clock;
  if (argv[0] != "sacct") return run_once(argv);
  const auto begin = steady_clock::now();
  if (begin < m_learned->accounting.until) return util::fail(m_learned->accounting.error);
  auto answer = run_once(argv);
  const auto end = steady_clock::now();
  if (!answer && end - begin >= slow) m_learned->accounting = {end + std::chrono::minutes(1), answer.error()};
  return answer;
}

util::Result<util::Output> Client::ask(const std::vector<std::string>& argv) const { return ask(argv, usual_patience); }

util::Result<util::Output> Client::ask(const std::vector<std::string>& argv, std::chrono::seconds patience) const {
  util::Command command;
  command.argv = argv;
  TRY(command.argv[0], find(argv[0]));
  if (command.argv[0].empty()) return util::fail(argv[0], "not found in PATH", "load the site's Slurm module");
  command.environment = m_environment.entries();
  command.timeout = patience;
  TRY(auto output, util::run(command));
  if (output.timed_out)
    return util::fail(argv[0], "no answer within " + std::to_string(patience.count()) + " s", "scontrol ping");
  // Half of an answer could be without the very job that was asked for.
  if (output.is_cut) return util::fail(argv[0], "its answer could not be read", "run the same command again");
  return output;
}

util::Result<std::string> Client::run_once(const std::vector<std::string>& argv) const {
  TRY(auto output, ask(argv));
  if (output.status == 0) return std::move(output.out);
  return util::fail(describe_failure(argv[0], output.status, output.err));
}

util::Result<util::Output> Client::submit(const Submission& submission) const {
  util::Command command;
  TRY(const auto sbatch, find("sbatch"));
  command.argv = {sbatch};
  command.argv.insert(command.argv.end(), submission.options.begin(), submission.options.end());
  command.argv.push_back(submission.script);
  command.environment = submission.environment.entries();
  command.timeout = submission.timeout;
  command.in_child = [&submission] {
    ::umask(submission.umask);
    set_limits(submission.limits);
    if (submission.inherited >= 0) ::fcntl(submission.inherited, F_SETFD, 0);
    if (::chdir(submission.directory.c_str()) != 0) ::_exit(127);
  };
  return util::run(command);
}

std::optional<std::string> parse_answer(std::string_view out) {
  for (const auto line : split_lines(out)) {
    constexpr std::string_view words = "Submitted batch job ";
    const auto rest = line.starts_with(words) ? line.substr(words.size()) : line;
    const auto end = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (end == 0 || (end < rest.size() && rest[end] != ' ' && rest[end] != ';')) continue;
    return std::string(rest.substr(0, end));
  }
  return std::nullopt;
}

}  // namespace sarray::slurm
