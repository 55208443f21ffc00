// An engine that does what a test says, and keeps what it was asked.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace sarray::test {

class ScriptedEngine final : public engine::Engine {
 public:
  ScriptedEngine() : Engine(engine::Settings{}) { site.cluster_name = "c"; }

  // What it answers.
  slurm::Configuration site;
  util::Moment clock{1'800'000'000, "boot", 1000};
  std::vector<slurm::HeldArray> held;
  std::function<util::Result<util::Output>(const slurm::Submission&)> on_submit;
  std::function<void()> on_wait;
  std::function<util::Result<slurm::ArrayStates>(const std::vector<slurm::ArrayQuery>&)> on_states;
  std::vector<slurm::WaitingTask> waiting;
  std::function<util::Result<void>(const std::vector<slurm::DependencyUpdate>&)> on_update;
  std::function<util::Result<std::vector<slurm::WaitingTask>>()> on_dependencies;
  std::function<util::Result<void>(engine::Verb, const std::vector<std::string>&)> on_control;
  slurm::ArrayRecords records;
  std::vector<std::string> namesakes;
  std::string unreachable;  ///< why the controller does not answer; empty: it does

  // What it was asked.
  mutable std::vector<std::string> asked;

  [[nodiscard]] util::Result<slurm::Configuration> configuration() const override {
    if (!unreachable.empty()) return util::fail("scontrol", unreachable);
    return site;
  }
  [[nodiscard]] util::Result<util::Output> submit(const slurm::Submission& submission) const override {
    asked.push_back("submit");
    return on_submit(submission);
  }
  [[nodiscard]] util::Result<std::vector<slurm::HeldArray>> find_arrays(std::int64_t since) const override {
    asked.push_back("find since " + std::to_string(since - clock.seconds));
    if (!unreachable.empty()) return util::fail("squeue", unreachable);
    return held;
  }
  [[nodiscard]] util::Result<slurm::ArrayStates> states(const std::vector<slurm::ArrayQuery>& arrays, bool) const override {
    asked.emplace_back("states");
    return on_states ? on_states(arrays) : slurm::ArrayStates();
  }
  [[nodiscard]] util::Result<void> control(engine::Verb verb, const std::vector<std::string>& names) const override {
    asked.push_back("control " + names.front());
    return on_control ? on_control(verb, names) : util::Result<void>();
  }
  [[nodiscard]] util::Result<void> set_dependencies(const std::vector<slurm::DependencyUpdate>& updates,
                                                    const std::function<void()>& step) const override {
    asked.push_back("update " + updates.front().tasks);
    for (std::size_t i = 0; i < updates.size(); ++i) step();
    return on_update ? on_update(updates) : util::Result<void>();
  }
  [[nodiscard]] util::Result<std::vector<slurm::WaitingTask>> dependencies(const std::vector<std::string>&) const override {
    asked.emplace_back("dependencies");
    if (!unreachable.empty()) return util::fail("squeue", unreachable);
    return on_dependencies ? on_dependencies() : std::vector<slurm::WaitingTask>();
  }
  [[nodiscard]] util::Result<slurm::ArrayRecords> job_records(const std::vector<std::string>& job_ids) const override {
    asked.push_back("records " + job_ids.front());
    return records;
  }
  [[nodiscard]] util::Result<std::vector<std::string>> unfinished_namesakes(const std::set<std::string>&) const override {
    return namesakes;
  }
  [[nodiscard]] util::Result<void> set_throttle(const std::string& array_id, std::uint32_t limit) const override {
    asked.push_back("throttle " + array_id + " " + std::to_string(limit));
    return {};
  }
  [[nodiscard]] util::Result<std::vector<slurm::WaitingTask>> waiting_tasks() const override {
    asked.emplace_back("waiting");
    return waiting;
  }
  [[nodiscard]] util::Moment now() const override { return m_clock(); }
  void wait(std::chrono::seconds seconds) const override {
    asked.push_back("wait " + std::to_string(seconds.count()));
    m_waited += seconds.count();
    if (on_wait) on_wait();
  }

 private:
  [[nodiscard]] util::Moment m_clock() const { return {clock.seconds + m_waited, clock.boot, clock.uptime + m_waited}; }
  mutable std::int64_t m_waited = 0;
};

}  // namespace sarray::test
