#include "plan/largest.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

#include "slurm/language/value.hpp"
#include "util/message.hpp"
#include "util/shell_quote.hpp"

namespace sarray::plan {

namespace {

/// Returns how much a value of --mem or --time asks for; nullopt if it cannot be read. Zero is all of the node's memory, and no
/// limit of time (man sbatch).
std::optional<std::uint64_t> amount_of(const slurm::Setting& setting) {
  const auto text = slurm::normalize_value(*setting.option, setting.value);
  if (text == "unlimited") return std::numeric_limits<std::uint64_t>::max();
  std::uint64_t amount = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, amount);
  const bool is_whole = parsed.ptr == end || (parsed.ptr + 1 == end && *parsed.ptr == 'M');
  if (parsed.ec != std::errc{} || !is_whole) return std::nullopt;
  return amount == 0 ? std::numeric_limits<std::uint64_t>::max() : amount;
}

/// Returns the variable that Slurm makes of an option's value; empty: none.
std::string variable_of(std::string_view option, const slurm::Release& release) {
  if (option == "mem") return "SLURM_MEM_PER_NODE";
  return release >= slurm::Release{23, 2} ? "SLURM_JOB_END_TIME" : "";
}

}  // namespace

std::optional<Largest> find_largest(const std::vector<PlannedJob>& jobs, const std::vector<Aspect>& differences,
                                    const slurm::Release& release) {
  Largest largest;
  largest.jobs = jobs.size();
  std::vector<bool> is_less(jobs.size());
  for (const auto& aspect : differences) {
    if (aspect.option != "mem" && aspect.option != "time") return std::nullopt;
    std::vector<std::uint64_t> amounts;
    std::uint64_t max = 0;
    const slurm::Setting* most = nullptr;
    for (const auto& planned : jobs) {
      const auto* setting = planned.job.find(aspect.option);
      const auto amount = setting != nullptr && setting->has_value ? amount_of(*setting) : std::nullopt;
      if (!amount) return std::nullopt;
      if (*amount > max) most = setting;
      max = std::max(max, *amount);
      amounts.push_back(*amount);
    }
    for (std::size_t i = 0; i < amounts.size(); ++i) is_less[i] = is_less[i] || amounts[i] < max;
    largest.settings.push_back(*most);
    const auto variable = variable_of(aspect.option, release);
    if (!variable.empty()) largest.variables += (largest.variables.empty() ? "" : " and ") + variable;
  }
  largest.less = static_cast<std::size_t>(std::count(is_less.begin(), is_less.end(), true));
  return largest;
}

std::string format_settings(const std::vector<slurm::Setting>& settings) {
  std::string text;
  for (const auto& setting : settings)
    text += (text.empty() ? "" : " ") + ("--" + std::string(setting.option->name)) + "=" + util::shell_quote(setting.value);
  return text;
}

std::string describe_waste(const Largest& largest) {
  return std::to_string(largest.less) + " of " + util::count(largest.jobs, "job") + " asked for less" +
         (largest.variables.empty() ? "" : "; their tasks see another " + largest.variables);
}

}  // namespace sarray::plan
