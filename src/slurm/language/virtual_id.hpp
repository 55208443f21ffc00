// Virtual ids: the numbers that our sbatch answers with. Slurm's own ids are all below them (slurm.conf: MaxJobId is at most
// 0x03FF0000, 67,043,328), so that no command of Slurm's takes one for a job of its own.
#pragma once

#include <cstdint>

namespace sarray::slurm {

inline constexpr std::uint32_t first_virtual_id = 2000000001;
inline constexpr std::uint32_t last_virtual_id = 2147483647;

[[nodiscard]] constexpr bool is_virtual_id(std::uint64_t id) { return id >= first_virtual_id && id <= last_virtual_id; }

}  // namespace sarray::slurm
