#include "slurm/language/group_name.hpp"

#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

constexpr std::string_view begin = "sarray-";

/// Reads a number as it is written here: without a sign, leading zeros or anything after it.
std::optional<std::uint32_t> parse_place(std::string_view text) {
  const auto number = util::to_number<std::uint32_t>(text);
  return number && *number > 0 && text.front() != '0' ? number : std::nullopt;
}

}  // namespace

std::string group_name(std::uint32_t number) { return std::string(begin) + std::to_string(number); }

std::string array_name(const GroupPlace& place) { return group_name(place.number) + "." + std::to_string(place.part); }

std::optional<GroupName> parse_group_name(std::string_view text) {
  if (!text.starts_with(begin)) return std::nullopt;
  text.remove_prefix(begin.size());
  const auto dot = text.find('.');
  const auto number = parse_place(text.substr(0, dot));
  if (!number) return std::nullopt;
  if (dot == std::string_view::npos) return GroupName{*number, std::nullopt};
  const auto part = parse_place(text.substr(dot + 1));
  return part ? std::optional(GroupName{*number, part}) : std::nullopt;
}

bool is_given_by_sarray(std::string_view array_name) {
  const auto name = parse_group_name(array_name);
  return array_name == "sarray" || (name && name->part);
}

}  // namespace sarray::slurm
