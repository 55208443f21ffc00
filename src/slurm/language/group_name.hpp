// Names of the arrays of one submission: "sarray-3.1", "sarray-3.2". squeue's default column has room for "sarray-3".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sarray::slurm {

/// Where an array is in a submission of several.
struct GroupPlace {
  std::uint32_t number =
      0;                   ///< of the submission, in the state folder; 0: the array is its only one, or an older sarray wrote it
  std::uint32_t part = 0;  ///< of the array, from 1
  std::uint32_t of = 0;    ///< how many parts were to be submitted when this one was
  friend bool operator==(const GroupPlace&, const GroupPlace&) = default;
};

/// A group as a person names it, or one array of it.
struct GroupName {
  std::uint32_t number = 0;
  std::optional<std::uint32_t> part;
  friend bool operator==(const GroupName&, const GroupName&) = default;
};

/// "sarray-3"
[[nodiscard]] std::string group_name(std::uint32_t number);
/// "sarray-3.1". Precondition: the place's number is not 0.
[[nodiscard]] std::string array_name(const GroupPlace& place);
/// Reads either of them; nullopt for another text.
[[nodiscard]] std::optional<GroupName> parse_group_name(std::string_view text);
/// Whether sarray gave an array that name, and not a person: "sarray", or the name of an array in a group.
[[nodiscard]] bool is_given_by_sarray(std::string_view array_name);

}  // namespace sarray::slurm
