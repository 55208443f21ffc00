// The merged batch script as slurmd would run it, without Slurm: one task at a time.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "plan_support.hpp"
#include "script/render.hpp"
#include "script/retry.hpp"
#include "slurm/language/export.hpp"
#include "slurm/language/file_pattern.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/process.hpp"

namespace sarray::test {

inline std::vector<std::string> split_at_zero(const std::string& bytes) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto end = std::min(bytes.find('\0', at), bytes.size());
    parts.push_back(bytes.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// What a task left behind.
struct Ran {
  int status = -1;
  std::string out, err;
  bool seen = false;              ///< whether the probe ran
  std::vector<std::string> argv;  ///< without interpreter and script
  std::string interpreter;
  std::vector<std::string> environment;  ///< sorted
  std::string directory, umask, script, extra;
};

/// A script that writes what it was given into `out.*` in the folder. `more` is put behind it.
inline std::string probe(const std::string& folder, const std::string& more = "", const std::string& shebang = "#!/bin/sh") {
  return shebang + "\nPATH=/usr/bin:/bin; O=" + folder +
         "/out\n"
         "cat /proc/$$/cmdline >$O.argv; cat /proc/$$/environ >$O.env; pwd -P >$O.pwd; umask >$O.umask; cat \"$0\" >$O.script\n" +
         more;
}

class Merged {
 public:
  static constexpr std::uint32_t first_job_id = 4712;

  /// @param max_script_size the cluster's limit; 0: not known.
  explicit Merged(const std::vector<slurm::Call>& calls, const TemporaryFolder& folder, std::uint64_t max_script_size = 0)
      : m_folder(folder) {
    m_options = make_options();
    if (max_script_size > 0) {
      m_options = with_size(100000);
      m_options.limits.max_script_size = max_script_size;
    }
    m_options.link_folder = folder / "links";
    m_options.hidden_mark = "hidden";
    m_options.scratch_folder = folder / "scratch";
    std::filesystem::create_directory(m_options.scratch_folder);
    std::filesystem::permissions(m_options.scratch_folder, std::filesystem::perms::owner_all);
    auto plan = plan::make_plan(resolve(calls), m_options);
    REQUIRE(plan);
    m_plan = std::move(*plan);
    REQUIRE(m_plan.arrays.size() == 1);
    auto rendered = script::render(m_plan, array(), m_options);
    REQUIRE(rendered);
    m_rendered = std::move(*rendered);
    make_links();
    make_page_files();
  }

  /// A retry of some tasks of another.
  Merged(const Merged& first, const std::vector<script::RetryTask>& tasks)
      : m_folder(first.m_folder), m_options(first.m_options) {
    m_options.link_folder += "-retry";
    m_options.retry_of = {"4710"};
    const auto map = script::read_map(first.script());
    REQUIRE(map);
    auto retry = script::plan_retry(*map, first.script(), tasks, {first.m_rendered.environment, 022, first.m_rendered.limits, {}},
                                    dialect(), m_options);
    REQUIRE(retry);
    m_plan = std::move(retry->plan);
    m_rendered = std::move(retry->rendered);
    make_links();
  }

  /// Changes the script, by a text of the same length: data is found by its offset.
  void replace(std::string_view from, std::string_view to) {
    REQUIRE(from.size() == to.size());
    const auto at = m_rendered.script.find(from);
    REQUIRE(at != std::string::npos);
    m_rendered.script.replace(at, from.size(), to);
  }

  [[nodiscard]] const std::string& script() const { return m_rendered.script; }
  [[nodiscard]] const plan::MergedArray& array() const { return m_plan.arrays.front(); }
  [[nodiscard]] const plan::Plan& plan() const { return m_plan; }
  [[nodiscard]] const script::Rendered& rendered() const { return m_rendered; }

  /// Where the pages of a large table are, too.
  [[nodiscard]] std::string page_folder() const { return m_options.scratch_folder + "/pages"; }

  /// What slurmd itself sets, the same for a job alone.
  [[nodiscard]] static std::vector<std::pair<std::string, std::string>> slurmd_variables(std::uint32_t index) {
    return {{"SLURM_JOB_ID", std::to_string(first_job_id + index)},
            {"SLURM_JOBID", std::to_string(first_job_id + index)},
            {"SLURMD_NODENAME", "node1"},
            {"HOSTNAME", "node1"},
            {"ENVIRONMENT", "BATCH"}};
  }

  /// The environment that the task's job would have alone, and our own three variables. Sorted.
  [[nodiscard]] std::vector<std::string> expected_environment(std::size_t job, std::uint32_t index, std::uint32_t nth = 0) const {
    const auto& planned = m_plan.jobs.at(job);
    auto expected = slurm::sent_environment(*planned.call, planned.job, m_options.release).variables;
    for (const auto& [name, value] : slurmd_variables(index)) expected.set(name, value);
    if (planned.job.ids) {
      expected.set("SLURM_ARRAY_JOB_ID", std::to_string(planned.id));
      expected.set("SLURM_ARRAY_TASK_ID", std::to_string(planned.job.ids->nth(nth)));
      expected.set("SLURM_ARRAY_TASK_COUNT", std::to_string(planned.job.ids->count()));
      expected.set("SLURM_ARRAY_TASK_MIN", std::to_string(planned.job.ids->min()));
      expected.set("SLURM_ARRAY_TASK_MAX", std::to_string(planned.job.ids->max()));
      expected.set("SLURM_ARRAY_TASK_STEP", std::to_string(planned.job.ids->step()));
    }
    expected.set("SARRAY_JOB_ID", std::to_string(planned.id));
    expected.set("SARRAY_ARRAY_JOB_ID", "4711");
    expected.set("SARRAY_ARRAY_TASK_ID", std::to_string(index));
    auto entries = expected.entries();
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  /// Where slurmd puts the script of a task.
  [[nodiscard]] std::string spool_file(std::uint32_t index) const {
    return m_folder / ("spool/job0" + std::to_string(first_job_id + index) + "/slurm_script");
  }

  /// Limits of the task, and the file that it is run from.
  struct Conditions {
    rlim_t descriptors = 0;             ///< how many may be open; 0: as here
    std::optional<rlim_t> file_size{};  ///< the soft limit, in bytes
    std::string file{};                 ///< empty: as slurmd has it
    uid_t owner = 0;                    ///< of the file
    std::string interpreter = "/bin/bash";
    bool by_sarray = true;  ///< whether the environment says that sarray itself has submitted it
  };

  /// Runs the task as slurmd would. @param bytes the script, if it is not the rendered one.
  [[nodiscard]] Ran run(std::uint32_t index, const std::optional<std::string>& bytes = {}) const {
    Conditions conditions;
    conditions.by_sarray = !bytes;
    return run(index, bytes, conditions);
  }
  [[nodiscard]] Ran run(std::uint32_t index, const std::optional<std::string>& bytes, const Conditions& conditions) const {
    const auto spool = conditions.file.empty() ? spool_file(index) : conditions.file;
    std::filesystem::create_directories(std::filesystem::path(spool).parent_path());
    REQUIRE(util::write_file_atomically(spool, bytes.value_or(script()), 0700));
    REQUIRE(::chown(spool.c_str(), conditions.owner > 0 ? conditions.owner : ::geteuid(), static_cast<gid_t>(-1)) == 0);
    for (const char* what : {"argv", "env", "pwd", "umask", "script", "extra"})
      std::filesystem::remove(m_folder / ("out." + std::string(what)));

    util::Command command;
    command.argv = {conditions.interpreter, "-p", spool};
    auto environment = task_environment(index);
    if (!conditions.by_sarray) environment.unset(util::submission_variable);
    command.environment = environment.entries();
    const auto directory = chdir_of_array();
    const auto mask = m_rendered.umask;
    const auto output = file_of(script::Stream::output, index, conditions.by_sarray);
    const auto own_error = file_of(script::Stream::error, index, conditions.by_sarray);
    const auto error = own_error.empty() ? output : own_error;
    const int truncate = m_rendered.streams.open_mode == slurm::OpenMode::append ? 0 : O_TRUNC;
    command.timeout = std::chrono::seconds(20);
    command.in_child = [&] {
      ::umask(mask);
      const rlimit limit{conditions.descriptors, conditions.descriptors};
      if (conditions.descriptors > 0 && ::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::_exit(97);
      const rlimit file_size{conditions.file_size.value_or(0), RLIM_INFINITY};
      if (conditions.file_size && ::setrlimit(RLIMIT_FSIZE, &file_size) != 0) ::_exit(96);
      if (::chdir(directory.c_str()) != 0) ::_exit(99);
      const auto open_as = [&](const std::string& path, int fd) {
        if (!path.empty() && ::dup2(::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | truncate | O_CLOEXEC, 0666), fd) < 0)
          ::_exit(98);
      };
      open_as(output, 1);
      open_as(error, 2);
    };
    const auto ended = util::run(command);
    REQUIRE(ended);
    return collect(*ended);
  }

 private:
  void make_links() const {
    for (const char* stream : {"output", "error", "input"})
      std::filesystem::create_directories(m_options.link_folder + "/" + stream);
    script::visit_links(m_plan, array(), m_rendered.streams, m_options,
                        [](const std::string& path, const std::string& target, const std::string&) {
                          std::filesystem::create_symlink(target, path);
                        });
  }

  void make_page_files() const {
    if (!m_rendered.page_files.empty()) std::filesystem::create_directory(page_folder());
    for (std::size_t i = 0; i < m_rendered.page_files.size(); ++i)
      REQUIRE(util::write_file_atomically(page_folder() + "/" + std::to_string(i), m_rendered.page_files[i]));
  }

  /// What slurmd opens for a stream, if that is a link, or a task submitted by hand has no file of the right name; else empty.
  [[nodiscard]] std::string file_of(script::Stream stream, std::uint32_t index, bool by_sarray) const {
    const auto& own = m_rendered.streams.streams.at(static_cast<std::size_t>(stream));
    const auto& pattern = by_sarray ? own.pattern : own.script_pattern;
    if (!pattern || (by_sarray ? own.links == script::Links::none : !own.opened_by_hand)) return "";
    slurm::PatternValues values;
    values.array_job_id = "4711";
    values.array_task_id = index;
    values.job_id = std::to_string(first_job_id + index);
    return slurm::expand_pattern(*pattern, values).value();
  }

  [[nodiscard]] std::string chdir_of_array() const {
    const auto at = m_rendered.script.find("--chdir=") + 8;
    return m_rendered.script.substr(at, m_rendered.script.find('\n', at) - at);
  }

  [[nodiscard]] util::Environment task_environment(std::uint32_t index) const {
    auto environment = m_rendered.environment;
    environment.set("SLURM_JOB_NAME", array().name);
    environment.set("SLURM_SUBMIT_DIR", m_rendered.directory);
    environment.set("SLURM_SUBMIT_HOST", "where-submit-ran");
    for (const auto& [name, value] : slurmd_variables(index)) environment.set(name, value);
    environment.set("SLURM_ARRAY_JOB_ID", "4711");
    environment.set("SLURM_ARRAY_TASK_ID", std::to_string(index));
    environment.set("SLURM_ARRAY_TASK_COUNT", std::to_string(array().tasks));
    environment.set("SLURM_ARRAY_TASK_MIN", "0");
    environment.set("SLURM_ARRAY_TASK_MAX", std::to_string(array().tasks - 1));
    environment.set("SLURM_ARRAY_TASK_STEP", "1");
    return environment;
  }

  [[nodiscard]] Ran collect(const util::Output& ended) const {
    const auto read = [&](const std::string& what) { return util::read_file(m_folder / ("out." + what)).value_or(""); };
    Ran ran;
    ran.status = ended.status;
    ran.out = ended.out;
    ran.err = ended.err;
    ran.seen = std::filesystem::exists(m_folder / "out.argv");
    ran.argv = split_at_zero(read("argv"));
    const auto is_script = [](const std::string& word) { return word.ends_with("/slurm_script"); };
    const auto at = std::find_if(ran.argv.begin(), ran.argv.end(), is_script);
    if (at != ran.argv.end()) {
      for (auto word = ran.argv.begin(); word != at; ++word) ran.interpreter += (ran.interpreter.empty() ? "" : " ") + *word;
      ran.argv.erase(ran.argv.begin(), at + 1);
    }
    ran.environment = split_at_zero(read("env"));
    std::sort(ran.environment.begin(), ran.environment.end());
    ran.directory = read("pwd");
    ran.umask = read("umask");
    ran.script = read("script");
    ran.extra = read("extra");
    return ran;
  }

  const TemporaryFolder& m_folder;
  plan::PlanOptions m_options;
  plan::Plan m_plan;
  script::Rendered m_rendered;
};

/// The entries that only one of them has.
inline std::string difference(const std::vector<std::string>& got, const std::vector<std::string>& expected) {
  std::string text;
  for (const auto& entry : got) {
    if (!std::binary_search(expected.begin(), expected.end(), entry)) text += "got [" + entry + "] ";
  }
  for (const auto& entry : expected) {
    if (!std::binary_search(got.begin(), got.end(), entry)) text += "not got [" + entry + "] ";
  }
  return text;
}

/// Returns a call that was made in that folder.
inline slurm::Call make_call(const TemporaryFolder& folder, const Words& words, const std::string& script) {
  auto call = make_call(words, script);
  call.directory = folder.path();
  return call;
}

}  // namespace sarray::test
