// The ids of a job array, by slurmctld's own grammar.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace sarray::slurm {

/// Used for Slurm's MaxArraySize if that is not known: no id is refused for its size. Slurm's own highest is 4000001
/// (read_config.c).
inline constexpr std::uint32_t unknown_max_array_size = 4294967294U;

/// A set of task ids, de-duplicated and ascending, kept as ranges so that 0-999999 costs three numbers.
/// Source of the rules: slurmctld job_mgr.c:_parse_array_tok, _valid_array_inx; observed on 22.05.
class ArrayIds {
 public:
  struct Range {
    std::uint32_t first;
    std::uint32_t last;  ///< first + k*step
    std::uint32_t step;  ///< 1 if first == last
    [[nodiscard]] std::uint32_t count() const { return (last - first) / step + 1; }
    friend bool operator==(const Range&, const Range&) = default;
  };

  /// @param spec the text after --array=
  /// @param max_array_size Slurm's MaxArraySize: ids must be below it. unknown_max_array_size if it is not known.
  /// @return nullopt if the spec means "not an array" ("" and ","); an error with sbatch's words ("Invalid job array
  /// specification") if slurmctld would refuse it.
  [[nodiscard]] static util::Result<std::optional<ArrayIds>> parse(std::string_view spec, std::uint32_t max_array_size);

  /// Makes a set of ascending, disjoint ids (a retry's subset of another job's ids). `step_text` as for step().
  [[nodiscard]] static ArrayIds from_ids(const std::vector<std::uint32_t>& ids);

  [[nodiscard]] const std::vector<Range>& ranges() const { return m_ranges; }
  [[nodiscard]] std::uint32_t count() const { return m_count; }  ///< SLURM_ARRAY_TASK_COUNT
  [[nodiscard]] std::uint32_t min() const;                       ///< SLURM_ARRAY_TASK_MIN
  [[nodiscard]] std::uint32_t max() const;                       ///< SLURM_ARRAY_TASK_MAX
  /// SLURM_ARRAY_TASK_STEP: the number after the first ':' in the spec, else 1, whatever the ids are.
  [[nodiscard]] std::uint32_t step() const { return m_step; }
  /// The throttle after the first '%'; 0: none.
  [[nodiscard]] std::uint32_t throttle() const { return m_throttle; }
  /// The id of the n-th task, n from 0. Precondition: n < count().
  [[nodiscard]] std::uint32_t nth(std::uint32_t n) const;
  [[nodiscard]] bool contains(std::uint32_t id) const;
  /// The inverse of nth(). @return nullopt if there is no such id.
  [[nodiscard]] std::optional<std::uint32_t> position(std::uint32_t id) const;
  /// Returns "0-4,7-11:2", without the throttle. parse() makes the same ids of it.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const ArrayIds&, const ArrayIds&) = default;

 private:
  std::vector<Range> m_ranges;
  std::uint32_t m_count = 0;
  std::uint32_t m_step = 1;
  std::uint32_t m_throttle = 0;
};

}  // namespace sarray::slurm
