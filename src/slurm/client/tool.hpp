// Slurm's commands that a program asks about its jobs, or changes them with: beside sbatch, what a session answers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sarray::slurm {

enum class Tool : std::uint8_t { squeue, sacct, scancel, scontrol, sattach, sstat, srun };

struct ToolName {
  Tool tool;
  const char* name;
};

inline constexpr std::array tool_names = {
    ToolName{Tool::squeue, "squeue"},     ToolName{Tool::sacct, "sacct"},     ToolName{Tool::scancel, "scancel"},
    ToolName{Tool::scontrol, "scontrol"}, ToolName{Tool::sattach, "sattach"}, ToolName{Tool::sstat, "sstat"},
    ToolName{Tool::srun, "srun"},
};

/// @return nullopt if a session does not answer for the program of that name.
[[nodiscard]] constexpr std::optional<Tool> find_tool(std::string_view name) {
  for (const auto& entry : tool_names) {
    if (name == entry.name) return entry.tool;
  }
  return std::nullopt;
}

[[nodiscard]] constexpr const char* tool_name(Tool tool) { return tool_names[static_cast<std::size_t>(tool)].name; }

}  // namespace sarray::slurm
