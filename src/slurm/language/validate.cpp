#include "slurm/language/validate.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <span>

#include "slurm/language/keyword.hpp"
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

/// Source: proc_args.c:parse_int. Up to 22.05 only what no long holds is too much.
Fault check_count(const OptionSpec& option, std::string_view value, bool positive, const Release& release) {
  const auto number = leading_number(value);
  // The source has --resv-port.
  const auto name = "--" + std::string(option.name == "resv-ports" ? "resv-port" : option.name) + ".";
  if (number.end != value.size() || number.value < 0 || (positive && number.value == 0)) {
    return make_fault("Invalid numeric value \"" + std::string(value) + "\" for " + name, refused_count);
  }
  if (number.value >= (release < Release{23, 2} ? LLONG_MAX : INT_MAX)) {
    return make_fault(
        "Numeric argument (" + std::to_string(number.value) + ") " + std::string(words_for_too_large(release)) + " for " + name,
        refused_count);
  }
  return std::nullopt;
}

/// Source: proc_args.c:parse_uint16. @return nullopt if it is not such a number.
std::optional<long long> read_short(std::string_view value) {
  constexpr long long no_value = 0xfffe;
  const auto number = leading_number(value);
  if (number.end != value.size() || number.value < 0 || number.value >= no_value) return std::nullopt;
  return number.value;
}

/// Source: proc_args.c:str_to_mbytes.
bool is_memory(std::string_view value) {
  const auto number = leading_number(value);
  if (number.end == 0 || number.value < 0 || number.value == LLONG_MAX) return false;
  static constexpr std::array<std::string_view, 9> units = {"", "k", "kb", "m", "mb", "g", "gb", "t", "tb"};
  return is_one_of(lower(value.substr(number.end)), units);
}

/// One known word is enough, and NONE ends the list (proc_args.c:parse_mail_type).
bool is_mail_type(std::string_view value, const Release& release) {
  const auto given = split_tokens(value, ',');
  return std::any_of(given.begin(), given.end(), [&](const auto& word) { return is_keyword("mail-type", word, release); });
}

Fault check_priority(std::string_view value, const Release&) {
  constexpr long long limit = 4294967294;  // NO_VAL
  if (equals_ignoring_case(value, "TOP")) return std::nullopt;
  const auto number = leading_number(value).value;
  if (number < 0) return make_fault("Priority must be >= 0", refused);
  if (number >= limit) return make_fault("Priority must be < " + std::to_string(limit), refused);
  return std::nullopt;
}

Fault check_nice(std::string_view value, const Release&) {
  constexpr long long limit = 2147483645;  // NICE_OFFSET - 3
  const auto number = leading_number(value).value;
  if (number >= -limit && number <= limit) return std::nullopt;
  return make_fault("Invalid --nice value, out of range (+/- " + std::to_string(limit) + ")", refused);
}

/// Source: slurm_acct_gather.c:acct_gather_parse_freq: "30", or "task=30", "energy=", "filesystem=", "network=".
Fault check_frequency_list(std::string_view value, const Release&) {
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

Fault check_profile(std::string_view value, const Release&) {
  const auto text = lower(value);
  for (const std::string_view word : {"none", "all", "energy", "task", "lustre", "network"}) {
    if (text.find(word) != std::string::npos) return std::nullopt;
  }
  return make_fault("invalid --profile=" + std::string(value) + " option", refused);
}

/// Up to 23.02 one word, then a list, which may be empty. Source: slurm_opt.c:arg_set_gres_flags. one-task-per-sharing needs a
/// site that is configured for it, which sbatch says at the submission.
Fault check_gres_flags(std::string_view value, const Release& release) {
  if (release < Release{23, 11}) {
    if (is_keyword("gres-flags", value, release)) return std::nullopt;
    return make_fault("Invalid --gres-flags specification", refused);
  }
  bool disables = false;
  bool enforces = false;
  bool many = false;
  bool one = false;
  for (const auto& token : split_tokens(value, ',')) {
    const auto word = lower(token);
    if (word == "allow-task-sharing") return make_fault("--gres-flags=allow-task-sharing is only used with srun.", refused);
    if (!is_keyword("gres-flags", word, release)) return make_fault("Invalid --gres-flags specification: " + token, refused);
    disables = disables || word == "disable-binding";
    enforces = enforces || word == "enforce-binding";
    many = many || word == "multiple-tasks-per-sharing";
    one = one || word == "one-task-per-sharing";
  }
  const std::string excluding = " are mutually exclusive.";
  const std::string combination = "Invalid --gres-flags combo: ";
  if (disables && enforces) return make_fault(combination + "disable-binding and enforce-binding" + excluding, refused);
  if (many && one) return make_fault(combination + "one-task-per-sharing and multiple-tasks-per-sharing" + excluding, refused);
  return std::nullopt;
}

/// Source: slurm_opt.c:arg_set_requeue. 25.11 takes any word, and means something by expedite alone.
Fault check_requeue(std::string_view value, const Release& release) {
  if (release < Release{26, 5} || is_keyword("requeue", value, release)) return std::nullopt;
  return make_fault("Invalid --requeue specification", refused);
}

/// Source: slurm_opt.c:arg_set_uid, arg_set_gid. Who may give them, and whether there is such a user, is left to the submission.
Fault check_identity(const OptionSpec& option, std::string_view value, const Release& release) {
  constexpr long long nobody = 99;
  const auto number = leading_number(value);
  if (release < Release{25, 5} || number.end != value.size() || number.value != nobody) return std::nullopt;
  return make_fault("Rejecting --" + std::string(option.name) + " as nobody specification", refused);
}

Fault check_keyword(const OptionSpec& option, std::string_view value, const Release& release) {
  const auto name = option.name;
  const auto word = lower(value);
  if (name == "exclusive" || name == "no-kill" || name == "kill-on-invalid-dep") {
    return invalid_unless(is_keyword(name, value, release), option);
  }
  if (name == "open-mode") return invalid_unless(word.starts_with('a') || word.starts_with('t'), option);
  if (name == "get-user-env") return invalid_unless(is_login_time(value), option);
  if (name == "mail-type") return invalid_unless(is_mail_type(value, release), option);
  if (name == "oom-kill-step") return invalid_unless(read_short(value).value_or(2) <= 1, option);
  if (name == "segment") return invalid_unless(read_short(value).has_value(), option);
  if (name == "signal") return invalid_unless(is_signal(value, release), option);
  if (name == "delay-boot") return invalid_unless(is_duration(value), option);
  if (name == "uid" || name == "gid") return check_identity(option, value, release);
  return std::nullopt;
}

struct Check {
  std::string_view option;
  Fault (*check)(std::string_view value, const Release& release);
};

constexpr Check checks[] = {
    {"acctg-freq", check_frequency_list},
    {"cpu-freq", check_cpu_frequency},
    {"distribution", check_distribution},
    {"extra-node-info", check_node_info},
    {"gpu-bind", check_gpu_binding},
    {"gpu-freq", check_gpu_frequency},
    {"gres-flags", check_gres_flags},
    {"mem-bind", check_memory_binding},
    {"mem-update", check_memory_update},
    {"nice", check_nice},
    {"nodes", check_nodes},
    {"priority", check_priority},
    {"profile", check_profile},
    {"requeue", check_requeue},
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

std::string_view words_for_too_large(const Release& release) { return release < Release{23, 11} ? "to big" : "too large"; }

Fault find_fault(const OptionSpec& option, std::optional<std::string_view> given, const Release& release) {
  if (!given) return std::nullopt;
  const auto name = option.name;
  const auto value = *given;
  for (const auto& row : checks) {
    if (row.option == name) return row.check(value, release);
  }
  if (name == "begin" || name == "deadline") return check_moment(option, value, release);
  if (name == "switches") return check_count(option, value.substr(0, value.find('@')), true, release);
  if (name == "verbose" || name == "resv-ports") return check_count(option, value, false, release);  // verbose: of the variable
  if (name == "wait-all-nodes") {
    if (auto fault = check_count(option, value, false, release)) return fault;
    return invalid_unless(static_cast<std::uint16_t>(leading_number(value).value) <= 1, option);
  }
  if (name == "segment") return check_keyword(option, value, release);
  if (option.kind == ValueKind::integer) return check_count(option, value, name != "core-spec", release);
  if (option.kind == ValueKind::memory) return invalid_unless(is_memory(value), option);
  if (option.kind == ValueKind::time) return invalid_unless(is_duration(value), option);
  return check_keyword(option, value, release);
}

bool asks_for_help(const OptionSpec& option, std::string_view value) {
  if (option.name == "gres") return equals_ignoring_case(value, "help") || equals_ignoring_case(value, "list");
  return option.name == "mem-bind" && equals_ignoring_case(value, "help");
}

}  // namespace sarray::slurm
