// Gives virtual ids (slurm/language/virtual_id.hpp). No two calls of a user ever get the same one.
#pragma once

#include <cstdint>
#include <string>

#include "util/result.hpp"

namespace sarray::store {

/// Takes `count` ids in a row from the counter file, whose lock the caller holds (lock_counter()). A counter that is lost,
/// empty or damaged is made good from the journals, the records of submissions and what note_given_ids() kept.
/// @param lock descriptor of the counter file.
/// @return the first of them; an error if all ids are used up, or if the counter can be neither read nor written.
[[nodiscard]] util::Result<std::uint32_t> take_ids(int lock, const std::string& counter, std::uint32_t count);

/// Keeps the highest id that was given so far in a file of its own beside the counter. What removes journals or records of
/// submissions calls it first, since these were the only other places that say so. The caller holds the counter's lock.
[[nodiscard]] util::Result<void> note_given_ids(int lock, const std::string& counter);

}  // namespace sarray::store
