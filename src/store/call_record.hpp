// A call as bytes: what differs from its base environment, and where in the journal its script is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "slurm/language/call.hpp"
#include "util/environment.hpp"

namespace sarray::store {

/// What a call's record contains besides the call.
struct CallHead {
  std::uint32_t job = 0;
  std::uint32_t id = 0;
  std::uint32_t tasks = 0;
  std::uint64_t time = 0;
  std::uint64_t environment_at = 0;  ///< offset of the record with the base environment
  std::uint64_t script_at = 0;       ///< offset of the record with the script's bytes
};

/// Returns an environment as the payload of a record: its entries, each followed by a zero.
[[nodiscard]] std::string encode_environment(const util::Environment& environment);
[[nodiscard]] std::shared_ptr<const util::EnvironmentBlock> decode_environment(std::string_view bytes);

/// The changes of a call's environment against a base: entries to set and names to unset.
struct EnvironmentChanges {
  std::vector<std::string> set;
  std::vector<std::string> unset;
  [[nodiscard]] std::size_t size() const;
};
/// @param base as encode_environment() wrote it: sorted by name.
[[nodiscard]] EnvironmentChanges find_changes(std::string_view base, const util::Environment& environment);

[[nodiscard]] std::string encode_call(const CallHead& head, const slurm::Call& call, const EnvironmentChanges& changes);

struct DecodedCall {
  CallHead head;
  std::shared_ptr<slurm::Call> call;  ///< without script; environment: only the changes below
  EnvironmentChanges changes;
};
/// @return nullopt if the bytes are not a call.
[[nodiscard]] std::optional<DecodedCall> decode_call(std::string_view payload);
/// Returns the call with all that its record only refers to. @param base the environment that it differs from.
[[nodiscard]] std::shared_ptr<const slurm::Call> complete_call(DecodedCall decoded,
                                                               const std::shared_ptr<const util::EnvironmentBlock>& base,
                                                               std::shared_ptr<const std::string> script);

}  // namespace sarray::store
