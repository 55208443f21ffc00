#include <algorithm>

#include "slurm/client/client.hpp"
#include "util/join.hpp"

namespace sarray::slurm {

util::Result<void> Client::scontrol(const char* verb, const std::vector<std::string>& names) const {
  TRY([[maybe_unused]] const auto output, run({"scontrol", verb, util::join(names, ",", [](const auto& name) { return name; })}));
  return {};
}

util::Result<void> Client::hold(const std::vector<std::string>& names) const { return scontrol("hold", names); }
util::Result<void> Client::release(const std::vector<std::string>& names) const { return scontrol("release", names); }
util::Result<void> Client::requeue(const std::vector<std::string>& names) const { return scontrol("requeue", names); }

util::Result<void> Client::cancel(const std::vector<std::string>& names) const {
  std::vector<std::string> command = {"scancel"};
  command.insert(command.end(), names.begin(), names.end());
  TRY([[maybe_unused]] const auto output, run(command));
  return {};
}

util::Result<void> Client::set_throttle(const std::string& array_id, std::uint32_t limit) const {
  const auto wanted = std::to_string(limit);
  const auto updated = run({"scontrol", "update", "JobId=" + array_id, "ArrayTaskThrottle=" + wanted});
  if (updated) return {};
  // It fails for an array some of whose tasks have ended, and yet sets the limit of the others: so Slurm is asked.
  const auto records = show_job(array_id);
  const bool is_set = records && std::any_of(records->begin(), records->end(), [&](const auto& record) {
                        const auto now = record.get("ArrayTaskThrottle");
                        return limit == 0 ? now.empty() || now == "0" : now == wanted;
                      });
  if (is_set) return {};
  return util::fail(updated.error());
}

}  // namespace sarray::slurm
