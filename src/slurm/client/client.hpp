// Slurm, asked through its own commands: their plain text formats hold from 20.11 to today.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/call.hpp"
#include "slurm/language/option.hpp"
#include "util/environment.hpp"
#include "util/process.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// What `scontrol show config` says of the limits that a submission can hit.
struct Configuration {
  std::uint32_t max_array_size = 1001;
  std::uint32_t max_array_tasks = 0;        ///< SchedulerParameters=max_array_tasks; 0: no such limit
  std::uint64_t max_script_size = 4194304;  ///< bytes; SchedulerParameters=max_script_size
  std::uint32_t max_job_count = 10000;
  bool job_file_append = false;     ///< JobFileAppend: output files are appended to where no --open-mode is given
  std::uint32_t min_job_age = 300;  ///< seconds for which a finished job is kept; 0: for ever
  std::string cluster_name;         ///< empty: not said
};
[[nodiscard]] Configuration parse_configuration(std::string_view scontrol_output);

/// One record of `scontrol show job -o`: KEY=VALUE. A value that holds blanks is kept whole as far as the format allows.
class JobRecord {
 public:
  explicit JobRecord(std::string_view line);
  /// @return "" where there is no such field.
  [[nodiscard]] std::string_view get(std::string_view key) const;

 private:
  std::map<std::string, std::string, std::less<>> m_fields;
};

/// How the real sbatch is to be run.
struct Submission {
  std::vector<std::string> options;  ///< before the script
  std::string script;                ///< path
  util::Environment environment;
  mode_t umask = 022;
  SoftLimits limits{};
  std::string directory;            ///< to run it in
  std::chrono::seconds timeout{0};  ///< 0: none
  int inherited = -1;               ///< a descriptor that it keeps open as long as it lives; -1: none
};

class Client {
 public:
  /// @param environment what Slurm's commands are run with.
  /// @param sbatch path of the real one; empty: there is none in PATH. If it is an error, it is not known which Slurm is meant,
  /// and every question is that error.
  Client(util::Environment environment, util::Result<std::string> sbatch);

  /// Returns false if PATH has none.
  [[nodiscard]] bool has_sbatch() const { return !m_sbatch || !m_sbatch->empty(); }
  /// Returns its path; empty if there is none that could be looked at.
  [[nodiscard]] std::string sbatch() const { return m_sbatch.value_or(""); }

  /// Runs sbatch --version and --help. @return an error where they cannot be run.
  [[nodiscard]] util::Result<Dialect> dialect() const;
  [[nodiscard]] util::Result<Configuration> configuration() const;

  /// Runs sbatch to its end; what it says, and its status, are the caller's to judge.
  [[nodiscard]] util::Result<util::Output> submit(const Submission& submission) const;

  /// All records of a job; of an array, one for each task that has a record of its own.
  /// @return an error where Slurm does not know it, or does not answer.
  [[nodiscard]] util::Result<std::vector<JobRecord>> show_job(const std::string& id) const;

  /// Any of Slurm's commands, by its name. @return an error with its own words as body where it fails. A sacct that was slow to
  /// fail is not run again within a minute: with slurmdbd hanging each one takes its time to give up.
  [[nodiscard]] util::Result<std::string> run(const std::vector<std::string>& argv) const;

 private:
  /// Returns the path of the command of that name beside sbatch, or in PATH; empty if there is none.
  [[nodiscard]] util::Result<std::string> find(const std::string& name) const;
  [[nodiscard]] util::Result<std::string> run_once(const std::vector<std::string>& argv) const;

  struct Failure {
    std::chrono::steady_clock::time_point until;
    util::Error error;
  };
  util::Environment m_environment;
  util::Result<std::string> m_sbatch;
  std::shared_ptr<Failure> m_accounting_failure = std::make_shared<Failure>();  ///< copies share it
};

/// The id in what sbatch prints, with or without --parsable; nothing where there is none.
[[nodiscard]] std::optional<std::string> parse_answer(std::string_view out);

}  // namespace sarray::slurm
