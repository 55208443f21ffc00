#include "script/variables.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace sarray::script {

namespace {

bool is_kept_by_others(std::string_view name) {
  constexpr std::array<std::string_view, 4> of_shells = {"PWD", "OLDPWD", "SHLVL", "_"};
  return name.starts_with("SLURM_") || name.starts_with("SARRAY_") ||
         std::find(of_shells.begin(), of_shells.end(), name) != of_shells.end();
}

bool takes_away(VariableKind kind) { return kind == VariableKind::unset || kind == VariableKind::drop; }

}  // namespace

std::vector<std::string> find_differing_variables(const Map& map) {
  struct Seen {
    const RecordVariable* first = nullptr;
    std::size_t jobs = 0;
    bool differs = false;
  };
  std::map<std::string_view, Seen> names;
  for (const auto& job : map.jobs) {
    for (const auto& variable : job.record.variables) {
      if (is_kept_by_others(variable.name)) continue;
      auto& seen = names[variable.name];
      if (seen.first == nullptr) seen.first = &variable;
      ++seen.jobs;
      seen.differs =
          seen.differs || variable.value != seen.first->value || takes_away(variable.kind) != takes_away(seen.first->kind);
    }
  }
  std::vector<std::string> differing;
  for (const auto& [name, seen] : names) {
    if (seen.differs || seen.jobs < map.jobs.size()) differing.emplace_back(name);
  }
  return differing;
}

VariableValue value_of(const MappedJob& job, const std::string& name, const util::Environment* base) {
  if (const auto* own = job.record.variable(name)) {
    return takes_away(own->kind) ? VariableValue{false, std::nullopt} : VariableValue{true, own->value};
  }
  if (base == nullptr) return {true, std::nullopt};
  const auto value = base->get(name);
  return value ? VariableValue{true, std::string(*value)} : VariableValue{false, std::nullopt};
}

}  // namespace sarray::script
