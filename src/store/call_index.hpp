// A session's calls by their virtual ids, without reading its journal: a file beside it that grows when it is asked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "slurm/language/call.hpp"
#include "util/result.hpp"

namespace sarray::store {

struct KnownCall {
  std::uint32_t job = 0;  ///< number in the session
  bool dropped = false;
  bool changed = false;  ///< it has other words than those of its record
  std::uint64_t at = 0;  ///< where in the journal its record begins
};

/// Looks for a call in a session's folder. Each record of the journal is read once, by the first question after it was written:
/// a driver that keeps every id and asks with every call costs no more for the last one than for the first. The file may be
/// lost: it is made again.
/// @return nullopt if the session has no call of that id.
[[nodiscard]] util::Result<std::optional<KnownCall>> find_call(const std::string& folder, std::uint32_t id);

/// Reads one call, and nothing else of the journal.
/// @return null if it cannot be read so: it is damaged, or was changed.
[[nodiscard]] std::shared_ptr<const slurm::Call> read_call(const std::string& folder, const KnownCall& known);

}  // namespace sarray::store
