#include "slurm/language/validate.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <span>

#include "slurm/language/text.hpp"

namespace sarray::slurm {

namespace {

constexpr int refused = 255;      // exit(-1)
constexpr int refused_count = 1;  // parse_int() ends the program itself

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Fault invalid_unless(bool valid, const OptionSpec& option) {
  if (valid) return std::nullopt;
  return make_fault("Invalid --" + std::string(option.name) + " specification", refused);
}

/// Source: proc_args.c:parse_int.
Fault check_count(const OptionSpec& option, std::string_view value, bool positive) {
  const auto number = leading_number(value);
  const auto name = "--" + std::string(option.name) + ".";
  if (number.end != value.size() || number.value < 0 || (positive && number.value == 0)) {
    return make_fault("Invalid numeric value \"" + std::string(value) + "\" for " + name, refused_count);
  }
  if (number.value == LLONG_MAX) {
    return make_fault("Numeric argument (" + std::to_string(number.value) + ") to big for " + name, refused_count);
  }
  return std::nullopt;
}

/// Source: proc_args.c:str_to_mbytes.
bool is_memory(std::string_view value) {
  const auto number = leading_number(value);
  if (number.end == 0 || number.value < 0 || number.value == LLONG_MAX) return false;
  static constexpr std::array<std::string_view, 9> units = {"", "k", "kb", "m", "mb", "g", "gb", "t", "tb"};
  return is_one_of(lower(value.substr(number.end)), units);
}

/// One known word is enough; NONE ends the list (proc_args.c:parse_mail_type).
bool is_mail_type(std::string_view value) {
  static constexpr std::array<std::string_view, 13> words = {
      "none",           "begin",      "end",           "fail",          "requeue",       "all",        "stage_out",
      "invalid_depend", "time_limit", "time_limit_90", "time_limit_80", "time_limit_50", "array_tasks"};
  const auto given = split_tokens(value, ',');
  return std::any_of(given.begin(), given.end(), [](const std::string& word) { return is_one_of(lower(word), words); });
}

Fault check_priority(std::string_view value) {
  constexpr long long limit = 4294967294;  // NO_VAL
  if (equals_ignoring_case(value, "TOP")) return std::nullopt;
  const auto number = leading_number(value).value;
  if (number < 0) return make_fault("Priority must be >= 0", refused);
  if (number >= limit) return make_fault("Priority must be < " + std::to_string(limit), refused);
  return std::nullopt;
}

Fault check_nice(std::string_view value) {
  constexpr long long limit = 2147483645;  // NICE_OFFSET - 3
  const auto number = leading_number(value).value;
  if (number >= -limit && number <= limit) return std::nullopt;
  return make_fault("Invalid --nice value, out of range (+/- " + std::to_string(limit) + ")", refused);
}

/// Reads a node count, with K and M. @return nullopt if something follows it; -1 if there is no number.
std::optional<int> node_count(std::string_view text) {
  const auto number = leading_number(text);
  if (number.end == 0) return text.find_first_not_of(" \t\n\v\f\r") == std::string_view::npos ? std::optional(-1) : std::nullopt;
  auto value = number.value;
  text.remove_prefix(number.end);
  for (const auto& [unit, factor] : {std::pair{'k', 1024}, std::pair{'m', 1024 * 1024}}) {
    if (text.empty() || to_lower(text.front()) != unit) continue;
    value *= factor;
    text.remove_prefix(1);
  }
  if (!std::all_of(text.begin(), text.end(), is_blank)) return std::nullopt;
  return static_cast<int>(value);
}

/// Source: proc_args.c:verify_node_count.
Fault check_nodes(std::string_view value) {
  const auto refuse = [](std::string_view text) {
    return make_fault("\"" + std::string(text) + "\" is not a valid node count", refused);
  };
  const auto dash = value.find('-');
  const auto first = value.substr(0, dash);
  const auto least = node_count(first);
  if (!least) return refuse(first);
  if (dash == std::string_view::npos) return *least < 0 ? Fault(refuse(first)) : std::nullopt;
  const auto max = node_count(value.substr(dash + 1));
  if (!max) return refuse(value.substr(dash + 1));
  const int low = std::max(*least, -1) < 0 ? 1 : *least;
  if (*max == 0 || *max >= low) return std::nullopt;
  return make_fault("Maximum node count " + std::to_string(*max) + " is less than minimum node count " + std::to_string(low),
                    refused);
}

/// Source: slurm_acct_gather.c:acct_gather_parse_freq: "30", or "task=30", "energy=", "filesystem=", "network=".
Fault check_frequency_list(std::string_view value) {
  std::string lines;
  for (const auto& word : split_tokens(value, ',')) {
    const auto text = lower(word);
    const auto is_number = [](std::string_view rest) {
      const auto number = leading_number(rest);
      return number.end != 0 && static_cast<int>(number.value) != -1;
    };
    bool valid = is_number(text);
    for (const std::string_view kind : {"energy=", "task=", "filesystem=", "network="}) {
      const auto at = text.find(kind);
      if (at != std::string::npos && is_number(std::string_view(text).substr(at + kind.size()))) valid = true;
    }
    if (!valid) lines += (lines.empty() ? "" : "\n") + ("Invalid --acctg-freq specification: " + word);
  }
  return lines.empty() ? std::nullopt : Fault(make_fault(lines, refused));
}

/// Reads a number as strtol does, then the end or a letter: s short, l long.
bool is_login_time(std::string_view value) {
  const auto rest = value.substr(leading_number(value).end);
  return rest.empty() || to_lower(rest.front()) == 's' || to_lower(rest.front()) == 'l';
}

Fault check_profile(std::string_view value) {
  const auto text = lower(value);
  for (const std::string_view word : {"none", "all", "energy", "task", "lustre", "network"}) {
    if (text.find(word) != std::string::npos) return std::nullopt;
  }
  return make_fault("invalid --profile=" + std::string(value) + " option", refused);
}

Fault check_keyword(const OptionSpec& option, std::string_view value) {
  const auto name = option.name;
  const auto word = lower(value);
  if (name == "exclusive") {
    return invalid_unless(word == "exclusive" || word == "oversubscribe" || word == "user" || word == "mcs", option);
  }
  if (name == "no-kill") return invalid_unless(word == "set" || word == "off" || word == "no", option);
  if (name == "open-mode") return invalid_unless(word.starts_with('a') || word.starts_with('t'), option);
  if (name == "kill-on-invalid-dep") return invalid_unless(word == "yes" || word == "no", option);
  if (name == "gres-flags") return invalid_unless(word == "disable-binding" || word == "enforce-binding", option);
  if (name == "get-user-env") return invalid_unless(is_login_time(value), option);
  if (name == "mail-type") return invalid_unless(is_mail_type(value), option);
  if (name == "signal") return invalid_unless(is_signal(value), option);
  if (name == "delay-boot") return invalid_unless(is_duration(value), option);
  return std::nullopt;
}

struct Check {
  std::string_view option;
  Fault (*check)(std::string_view value);
};

constexpr Check checks[] = {
    {"acctg-freq", check_frequency_list},
    {"cpu-freq", check_cpu_frequency},
    {"distribution", check_distribution},
    {"extra-node-info", check_node_info},
    {"gpu-bind", check_gpu_binding},
    {"gpu-freq", check_gpu_frequency},
    {"mem-bind", check_memory_binding},
    {"nice", check_nice},
    {"nodes", check_nodes},
    {"priority", check_priority},
    {"profile", check_profile},
};

}  // namespace

util::Error make_fault(std::string_view lines, int status) {
  util::Error error;
  while (true) {
    const auto end = lines.find('\n');
    error.body.append("sbatch: error: ").append(lines.substr(0, end)).append("\n");
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
  }
  error.status = status;
  return error;
}

Fault find_fault(const OptionSpec& option, std::optional<std::string_view> given) {
  if (!given) return std::nullopt;
  const auto name = option.name;
  const auto value = *given;
  for (const auto& row : checks) {
    if (row.option == name) return row.check(value);
  }
  if (name == "begin" || name == "deadline") return check_moment(option, value);
  if (name == "switches") return check_count(option, value.substr(0, value.find('@')), true);
  if (name == "segment") return std::nullopt;
  if (name == "verbose") return check_count(option, value, false);  // of the variable
  if (name == "wait-all-nodes") {
    if (auto fault = check_count(option, value, false)) return fault;
    return invalid_unless(static_cast<std::uint16_t>(leading_number(value).value) <= 1, option);
  }
  if (option.kind == ValueKind::integer) return check_count(option, value, name != "core-spec");
  if (option.kind == ValueKind::memory) return invalid_unless(is_memory(value), option);
  if (option.kind == ValueKind::time) return invalid_unless(is_duration(value), option);
  return check_keyword(option, value);
}

bool asks_for_help(const OptionSpec& option, std::string_view value) {
  if (option.name == "gres") return equals_ignoring_case(value, "help") || equals_ignoring_case(value, "list");
  return option.name == "mem-bind" && equals_ignoring_case(value, "help");
}

}  // namespace sarray::slurm
