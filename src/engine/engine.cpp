#include "engine/engine.hpp"

#include <thread>

namespace sarray::engine {

util::Moment Engine::now() const { return util::now(); }

void Engine::wait(std::chrono::seconds seconds) const { std::this_thread::sleep_for(seconds); }

util::Result<slurm::Configuration> SlurmEngine::configuration() const { return m_client.configuration(); }

util::Result<util::Output> SlurmEngine::submit(const slurm::Submission& submission) const { return m_client.submit(submission); }

util::Result<std::vector<slurm::HeldArray>> SlurmEngine::find_arrays(std::int64_t since) const {
  return m_client.arrays_of_user(since);
}

util::Result<slurm::ArrayStates> SlurmEngine::states(const std::vector<slurm::ArrayQuery>& arrays, bool with_usage) const {
  return m_client.states(arrays, with_usage);
}

util::Result<void> SlurmEngine::control(Verb verb, const std::vector<std::string>& names) const {
  switch (verb) {
    case Verb::hold:
      return m_client.hold(names);
    case Verb::release:
      return m_client.release(names);
    case Verb::requeue:
      return m_client.requeue(names);
    case Verb::cancel:
      break;
  }
  return m_client.cancel(names);
}

util::Result<void> SlurmEngine::set_throttle(const std::string& array_id, std::uint32_t limit) const {
  return m_client.set_throttle(array_id, limit);
}

util::Result<std::vector<slurm::WaitingTask>> SlurmEngine::waiting_tasks() const { return m_client.waiting_tasks(); }

util::Result<void> SlurmEngine::set_dependencies(const std::vector<slurm::DependencyUpdate>& updates,
                                                 const std::function<void()>& step) const {
  return m_client.set_dependencies(updates, step);
}

util::Result<std::vector<slurm::WaitingTask>> SlurmEngine::dependencies(const std::vector<std::string>& array_ids) const {
  return m_client.dependencies(array_ids);
}

util::Result<slurm::ArrayRecords> SlurmEngine::job_records(const std::vector<std::string>& job_ids) const {
  return m_client.job_records(job_ids);
}

util::Result<std::vector<std::string>> SlurmEngine::unfinished_namesakes(const std::set<std::string>& names) const {
  return m_client.unfinished_namesakes(names);
}

}  // namespace sarray::engine
