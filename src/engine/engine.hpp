// The interface between what is to be run and who runs it: an engine submits arrays, controls them and knows their states.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/settings.hpp"
#include "slurm/client/arrays.hpp"
#include "slurm/client/client.hpp"
#include "slurm/client/dependencies.hpp"
#include "slurm/client/task_state.hpp"
#include "slurm/client/waiting.hpp"
#include "util/moment.hpp"
#include "util/process.hpp"
#include "util/result.hpp"

namespace sarray::engine {

enum class Verb : std::uint8_t { cancel, hold, release, requeue };

/// Slurm's is the one real implementation; the unit tests have a scripted one. Names of tasks are Slurm's: "17", "17_[3-5,8]".
class Engine {
 public:
  explicit Engine(Settings settings) : m_settings(settings) {}
  virtual ~Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  [[nodiscard]] const Settings& settings() const { return m_settings; }

  /// What is known of the place that arrays go to. It is asked once, whoever asks.
  [[nodiscard]] virtual util::Result<slurm::Configuration> configuration() const = 0;
  /// Submits an array. @return how sbatch ended, for slurm::judge_answer(); an error if it was never run.
  [[nodiscard]] virtual util::Result<util::Output> submit(const slurm::Submission& submission) const = 0;
  /// This user's arrays, by which interrupted submissions are found. @param since seconds since 1970: what ended before that may
  /// be left out.
  [[nodiscard]] virtual util::Result<std::vector<slurm::HeldArray>> find_arrays(std::int64_t since) const = 0;
  [[nodiscard]] virtual util::Result<slurm::ArrayStates> states(const std::vector<slurm::ArrayQuery>& arrays,
                                                                bool with_usage) const = 0;
  [[nodiscard]] virtual util::Result<void> control(Verb verb, const std::vector<std::string>& names) const = 0;
  /// @param limit tasks at once; 0: as many as like.
  [[nodiscard]] virtual util::Result<void> set_throttle(const std::string& array_id, std::uint32_t limit) const = 0;
  /// What this user's tasks wait for: an entry for each task that waits for others.
  [[nodiscard]] virtual util::Result<std::vector<slurm::WaitingTask>> waiting_tasks() const = 0;
  /// Sets what pending tasks wait for. @param step called after each update.
  [[nodiscard]] virtual util::Result<void> set_dependencies(const std::vector<slurm::DependencyUpdate>& updates,
                                                            const std::function<void()>& step) const = 0;
  /// Returns what each unfinished task of these arrays waits for.
  [[nodiscard]] virtual util::Result<std::vector<slurm::WaitingTask>> dependencies(
      const std::vector<std::string>& array_ids) const = 0;
  /// Returns what is known of jobs of any user; those that are not known are left out.
  [[nodiscard]] virtual util::Result<slurm::ArrayRecords> job_records(const std::vector<std::string>& job_ids) const = 0;
  /// Returns the ids of this user's unfinished jobs of these names.
  [[nodiscard]] virtual util::Result<std::vector<std::string>> unfinished_namesakes(const std::set<std::string>& names) const = 0;

  // Time, so that a test need not wait for it.
  [[nodiscard]] virtual util::Moment now() const;
  virtual void wait(std::chrono::seconds seconds) const;

 private:
  Settings m_settings;
};

class SlurmEngine final : public Engine {
 public:
  explicit SlurmEngine(slurm::Client client) : Engine(read_settings()), m_client(std::move(client)) {}

  [[nodiscard]] util::Result<slurm::Configuration> configuration() const override;
  [[nodiscard]] util::Result<util::Output> submit(const slurm::Submission& submission) const override;
  [[nodiscard]] util::Result<std::vector<slurm::HeldArray>> find_arrays(std::int64_t since) const override;
  [[nodiscard]] util::Result<slurm::ArrayStates> states(const std::vector<slurm::ArrayQuery>& arrays,
                                                        bool with_usage) const override;
  [[nodiscard]] util::Result<void> control(Verb verb, const std::vector<std::string>& names) const override;
  [[nodiscard]] util::Result<void> set_throttle(const std::string& array_id, std::uint32_t limit) const override;
  [[nodiscard]] util::Result<std::vector<slurm::WaitingTask>> waiting_tasks() const override;
  [[nodiscard]] util::Result<void> set_dependencies(const std::vector<slurm::DependencyUpdate>& updates,
                                                    const std::function<void()>& step) const override;
  [[nodiscard]] util::Result<std::vector<slurm::WaitingTask>> dependencies(
      const std::vector<std::string>& array_ids) const override;
  [[nodiscard]] util::Result<slurm::ArrayRecords> job_records(const std::vector<std::string>& job_ids) const override;
  [[nodiscard]] util::Result<std::vector<std::string>> unfinished_namesakes(const std::set<std::string>& names) const override;

 private:
  slurm::Client m_client;
};

}  // namespace sarray::engine
