// A complete call: what the caller typed, and everything around it that sbatch would have looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "slurm/language/call.hpp"
#include "slurm/language/intake.hpp"
#include "slurm/language/job.hpp"
#include "slurm/language/option.hpp"
#include "util/result.hpp"

namespace sarray::capture {

struct TakenCall {
  slurm::Call call;
  slurm::Job job;
  slurm::Intake intake;
  bool for_real_sbatch = false;  ///< --help, --version, --test-only: nothing to record; call and job are not filled
};

/// Takes many calls made at one place and time. Each script file is read once, and equal scripts are shared.
class CallTaker {
 public:
  /// @param max_array_size as for slurm::Resolver.
  explicit CallTaker(const slurm::Dialect& dialect, std::uint32_t max_array_size = slurm::unknown_max_array_size);
  /// From now on --wait is accepted (slurm::Resolver).
  void accept_wait() { m_resolver.accept_wait(); }
  /// Like take_call().
  [[nodiscard]] util::Result<TakenCall> take(std::vector<std::string> argv, util::Environment environment, bool read_input);

 private:
  util::Result<void> load_script(slurm::Call& call, const slurm::Intake& intake);
  util::Result<std::shared_ptr<const std::string>> read_script(const slurm::Call& call);

  /// What is the same for all calls, and so asked only once.
  struct Place {
    std::string directory, host;
    mode_t umask = 022;
    slurm::SoftLimits limits{};
  };

  slurm::Resolver m_resolver;
  std::optional<Place> m_place;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> m_by_path;
  std::unordered_map<std::string_view, std::shared_ptr<const std::string>> m_by_bytes;
};

/// Makes a call: reads script, directory, umask and limits as they are now.
/// @param argv argv[0] is the name with which sbatch was called.
/// @param environment as the real sbatch would have seen it.
/// @param read_input whether a call without a script reads standard input, as sbatch does; if false, it is an error.
/// @return sbatch's own words and status if sbatch would have refused before asking Slurm.
[[nodiscard]] util::Result<TakenCall> take_call(std::vector<std::string> argv, util::Environment environment,
                                                const slurm::Dialect& dialect, bool read_input = true);

}  // namespace sarray::capture
