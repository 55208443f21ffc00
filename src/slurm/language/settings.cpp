#include "slurm/language/settings.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "slurm/language/keyword.hpp"
#include "slurm/language/text.hpp"
#include "slurm/language/validate.hpp"
#include "util/join.hpp"

namespace sarray::slurm {

namespace {

std::vector<Setting>::iterator place_of(std::vector<Setting>& settings, std::string_view name) {
  return std::lower_bound(settings.begin(), settings.end(), name,
                          [](const Setting& setting, std::string_view n) { return setting.option->name < n; });
}

/// Options that share one place in sbatch's memory: the later one counts.
constexpr std::array<std::array<std::string_view, 2>, 3> rivals = {{
    {"requeue", "no-requeue"},
    {"exclusive", "oversubscribe"},
    {"nodefile", "nodelist"},
}};

/// Reads one --mail-type as sbatch does: it ignores unknown words; NONE removes the words before it and ends the list.
std::vector<std::string> mail_words(std::string_view text) {
  std::vector<std::string> words;
  for (auto word : split_tokens(text, ',')) {
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (word == "NONE") return {};
    if (is_keyword("mail-type", word, newest_release)) words.push_back(std::move(word));
  }
  return words;
}

/// Returns the words of both, each once, in the order of their first appearance.
std::string gather_words(const std::string& before, const std::string& more) {
  auto words = mail_words(before);
  for (auto& word : mail_words(more)) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
  }
  return words.empty() ? "NONE" : util::join(words, ",");
}

struct SignalText {
  bool reservation = false;
  bool batch = false;
  std::string rest;
};

SignalText parse_signal(std::string_view text) {
  SignalText signal;
  const auto take = [&](char letter, bool& flag) {
    if (text.empty() || to_lower(text.front()) != letter) return;
    flag = true;
    text.remove_prefix(1);
  };
  take('r', signal.reservation);
  take('b', signal.batch);
  take('r', signal.reservation);
  if (text.starts_with(':')) text.remove_prefix(1);
  signal.rest = text;
  return signal;
}

/// Who gets the signal accumulates, the signal and its time do not (proc_args.c:get_signal_opts).
std::string gather_signal(const std::string& before, const std::string& more) {
  const auto old = parse_signal(before);
  auto signal = parse_signal(more);
  if ((!old.reservation || signal.reservation) && (!old.batch || signal.batch)) return more;
  const std::string flags =
      std::string(old.reservation || signal.reservation ? "R" : "") + (old.batch || signal.batch ? "B" : "");
  return flags + ":" + signal.rest;
}

/// The letter after the time stays if a later value has none.
std::string gather_login(const Setting& before, const std::optional<std::string>& more) {
  const auto letter = [](std::string_view text) {
    const auto rest = text.substr(leading_number(text).end);
    return rest.empty() ? "" : to_lower(rest.front()) == 's' ? "S" : "L";
  };
  const std::string given = more.value_or("");
  const std::string kept = letter(before.value);
  if (kept.empty() || *letter(given) != '\0') return given;
  return std::to_string(leading_number(given).value) + kept;
}

/// From then on a later --mail-type takes the place of an earlier one (slurm_opt.c:arg_set_mail_type).
constexpr Release replaces_mail{25, 5};

/// multiple-tasks-per-sharing is the one flag that a later list does not take back (slurm_opt.c:arg_set_gres_flags).
std::string gather_sharing(const std::string& before, const std::string& more) {
  constexpr std::string_view kept = "multiple-tasks-per-sharing";
  const auto has = [&](const std::string& text) { return lower(text).find(kept) != std::string::npos; };
  return has(before) && !has(more) ? std::string(kept) + "," + more : more;
}

constexpr std::array<std::string_view, 3> node_parts = {"sockets-per-node", "cores-per-socket", "threads-per-core"};

}  // namespace

void Settings::put(const OptionSpec& option, std::optional<std::string> value, const Source& source) {
  const auto at = place_of(m_settings, option.name);
  Setting setting{&option, value.value_or(""), value.has_value(), source};
  if (at != m_settings.end() && at->option->name == option.name) {
    *at = std::move(setting);
  } else {
    m_settings.insert(at, std::move(setting));
  }
}

void Settings::replace(const Setting& setting) {
  constexpr std::array<std::string_view, 3> memory = {"mem", "mem-per-cpu", "mem-per-gpu"};
  reset(*setting.option);
  if (std::find(memory.begin(), memory.end(), setting.option->name) != memory.end()) {
    for (const auto rival : memory) reset(rival);
  }
  set(*setting.option, setting.has_value ? std::optional(setting.value) : std::nullopt, setting.source);
}

void Settings::set_node_info(const OptionSpec& option, const std::string& value, const Source& source) {
  if (option.name == "extra-node-info") {
    for (const auto part : node_parts) reset(part);
    return put(option, value, source);
  }
  if (const auto* whole = find("extra-node-info")) {
    std::array<std::string, 3> parts;
    std::size_t place = 0;
    for (const char c : whole->value) {
      if (c == ':') {
        if (++place == parts.size()) break;
      } else {
        parts[place] += c;
      }
    }
    parts[static_cast<std::size_t>(std::find(node_parts.begin(), node_parts.end(), option.name) - node_parts.begin())] = value;
    put(*whole->option, parts[0] + ":" + parts[1] + ":" + parts[2], whole->source);
  }
  put(option, value, source);
}

void Settings::set_switch_half(std::optional<std::string> count, std::optional<std::string> wait, const Source& source) {
  const auto* known = find("switches");
  if (wait) m_switch_wait = std::move(wait);
  if (!count && known != nullptr) count = known->value.substr(0, known->value.find('@'));
  if (!count) return;  // a time alone has no meaning
  put(*find_option("switches"), m_switch_wait ? *count + "@" + *m_switch_wait : *count, source);
}

void Settings::set(const OptionSpec& given, std::optional<std::string> value, const Source& source) {
  const auto& option = *resolve_alias(&given);
  const auto name = option.name;
  if (option.arity == Arity::optional && value && value->empty()) value.reset();
  if (name == "exclusive") m_gives_exclusive = source.kind != Source::Kind::environment;
  if (name == "oversubscribe") m_gives_oversubscribe = source.kind != Source::Kind::environment;
  for (const auto& pair : rivals) {
    if (name == pair[0]) reset(pair[1]);
    if (name == pair[1]) reset(pair[0]);
  }
  if (name == "dependency") m_dependency_text = value;
  const bool takes_back = value && (value->empty() || (name == "dependency" && *value == "0"));
  if (takes_back && (name == "array" || name == "dependency")) return reset(option);
  if (name == "extra-node-info" || std::find(node_parts.begin(), node_parts.end(), name) != node_parts.end()) {
    return set_node_info(option, *value, source);
  }
  if (name == "switches") {
    const auto at = value->find('@');
    return set_switch_half(value->substr(0, at), at == std::string::npos ? std::nullopt : std::optional(value->substr(at + 1)),
                           source);
  }
  const auto* known = find(name);
  if (name == "mail-type") {
    const bool gathers = known != nullptr && m_release < replaces_mail;
    value = gather_words(gathers ? known->value : "", *value);
  }
  if (name == "requeue" && known != nullptr && known->has_value) value = known->value;  // expedite stays
  if (name == "gres-flags" && known != nullptr) value = gather_sharing(known->value, *value);
  if (name == "signal" && known != nullptr) value = gather_signal(known->value, *value);
  if (name == "mem-bind" && known != nullptr) value = known->value + "," + *value;
  if (name == "get-user-env" && known != nullptr) {
    auto gathered = gather_login(*known, value);
    value = gathered.empty() ? std::nullopt : std::optional(std::move(gathered));
  }
  if (name == "kill-on-invalid-dep" && known != nullptr && lower(known->value) == "yes") value = known->value;
  put(option, std::move(value), source);
}

void Settings::reset(const OptionSpec& option) { reset(option.name); }

void Settings::reset(std::string_view name) {
  const auto at = place_of(m_settings, name);
  if (at != m_settings.end() && at->option->name == name) m_settings.erase(at);
}

const Setting* Settings::find(std::string_view name) const {
  const auto at = std::lower_bound(m_settings.begin(), m_settings.end(), name,
                                   [](const Setting& setting, std::string_view n) { return setting.option->name < n; });
  return at != m_settings.end() && at->option->name == name ? &*at : nullptr;
}

bool is_switched_on(std::string_view value) {
  if (value.empty() || equals_ignoring_case(value, "yes")) return true;
  const auto number = leading_number(value);
  return number.value != 0 && number.end == value.size();
}

namespace {

struct InputVariable {
  const OptionSpec* option = nullptr;
  std::string_view name;
};

/// In the order in which sbatch reads them, since it complains of the first bad one. From 23.02 SBATCH_DEBUG is the first of all.
/// Source: opt.c:env_vars.
constexpr std::array<std::string_view, 67> reading_order = {"SBATCH_ACCOUNT",
                                                            "SBATCH_ARRAY_INX",
                                                            "SBATCH_ACCTG_FREQ",
                                                            "SBATCH_BATCH",
                                                            "SBATCH_BURST_BUFFER",
                                                            "SBATCH_CLUSTER_CONSTRAINT",
                                                            "SBATCH_CLUSTERS",
                                                            "SLURM_CLUSTERS",
                                                            "SBATCH_CONSOLIDATE_SEGMENTS",
                                                            "SBATCH_CONTAINER",
                                                            "SBATCH_CONTAINER_ID",
                                                            "SBATCH_CONTAINER_TYPE",
                                                            "SBATCH_RUNTIME",
                                                            "SBATCH_CONSTRAINT",
                                                            "SBATCH_CORE_SPEC",
                                                            "SBATCH_CPU_FREQ_REQ",
                                                            "SBATCH_CPUS_PER_GPU",
                                                            "SBATCH_DEBUG",
                                                            "SBATCH_DELAY_BOOT",
                                                            "SBATCH_DISTRIBUTION",
                                                            "SBATCH_EXCLUSIVE",
                                                            "SBATCH_EXPORT",
                                                            "SBATCH_GET_USER_ENV",
                                                            "SBATCH_GRES",
                                                            "SBATCH_GRES_FLAGS",
                                                            "SBATCH_GPUS",
                                                            "SBATCH_GPU_BIND",
                                                            "SBATCH_GPU_FREQ",
                                                            "SBATCH_GPUS_PER_NODE",
                                                            "SBATCH_GPUS_PER_SOCKET",
                                                            "SBATCH_GPUS_PER_TASK",
                                                            "SLURM_HINT",
                                                            "SBATCH_HINT",
                                                            "SBATCH_JOB_NAME",
                                                            "SBATCH_MEM_BIND",
                                                            "SBATCH_MEM_PER_CPU",
                                                            "SBATCH_MEM_PER_GPU",
                                                            "SBATCH_MEM_PER_NODE",
                                                            "SBATCH_NETWORK",
                                                            "SBATCH_NO_KILL",
                                                            "SBATCH_NO_REQUEUE",
                                                            "SBATCH_OPEN_MODE",
                                                            "SBATCH_OVERCOMMIT",
                                                            "SBATCH_PARTITION",
                                                            "SBATCH_POWER",
                                                            "SBATCH_PROFILE",
                                                            "SBATCH_QOS",
                                                            "SBATCH_REQ_SWITCH",
                                                            "SBATCH_REQUEUE",
                                                            "SBATCH_RESERVATION",
                                                            "SBATCH_SEGMENT_SIZE",
                                                            "SBATCH_SIGNAL",
                                                            "SBATCH_SPREAD_JOB",
                                                            "SBATCH_SPREAD_SEGMENTS",
                                                            "SBATCH_THREAD_SPEC",
                                                            "SBATCH_THREADS_PER_CORE",
                                                            "SBATCH_TIMELIMIT",
                                                            "SBATCH_TRES_BIND",
                                                            "SBATCH_TRES_PER_TASK",
                                                            "SBATCH_USE_MIN_NODES",
                                                            "SBATCH_WAIT",
                                                            "SBATCH_WAIT_ALL_NODES",
                                                            "SBATCH_WAIT4SWITCH",
                                                            "SBATCH_WCKEY",
                                                            "SBATCH_ERROR",
                                                            "SBATCH_INPUT",
                                                            "SBATCH_OUTPUT"};

/// Variables that name an option, in sbatch's order.
const std::map<std::string_view, std::pair<std::size_t, InputVariable>>& input_variables() {
  static const auto variables = [] {
    std::map<std::string_view, std::pair<std::size_t, InputVariable>> result;
    const auto add = [&](std::string_view name, const OptionSpec& option) {
      const auto place = std::find(reading_order.begin(), reading_order.end(), name) - reading_order.begin();
      result.emplace(name, std::pair{static_cast<std::size_t>(place), InputVariable{&option, name}});
    };
    for (const auto& option : option_table()) {
      for (const auto variable : option.variables) {
        if (!variable.empty()) add(variable, option);
      }
    }
    for (const std::string_view half : {"SBATCH_REQ_SWITCH", "SBATCH_WAIT4SWITCH"}) add(half, *find_option("switches"));
    return result;
  }();
  return variables;
}

/// A flag's variable that says no also resets the options that share the flag's place.
void reset_flag(Settings& settings, std::string_view name) {
  settings.reset(name);
  for (const auto& pair : rivals) {
    if (name == pair[0] || name == pair[1]) {
      settings.reset(pair[0]);
      settings.reset(pair[1]);
    }
  }
}

util::Result<void> apply_variable(Settings& settings, const InputVariable& variable, std::string_view value,
                                  const Dialect& dialect) {
  const auto* installed = dialect.find(variable.option->name);
  if (installed == nullptr || dialect.release() < installed->variables_since) return {};
  const auto& option = *installed;
  const Source source{Source::Kind::environment, 0, variable.name};
  if (variable.name == "SBATCH_WAIT4SWITCH") {
    settings.set_switch_half(std::nullopt, std::string(value), source);
    return {};
  }
  if (option.arity != Arity::none) return apply_option(settings, option, std::string(value), source);
  if (!is_switched_on(value)) {
    reset_flag(settings, option.name);
    return {};
  }
  if (option.name == "verbose") {
    if (auto fault = find_fault(option, value, dialect.release())) return util::fail(std::move(*fault));
  }
  settings.set(option, std::nullopt, source);
  return {};
}

}  // namespace

util::Result<void> apply_option(Settings& settings, const OptionSpec& given, std::optional<std::string> value,
                                const Source& source) {
  const auto& option = *resolve_alias(&given);
  if (option.arity == Arity::optional && value && value->empty()) value.reset();
  if (value && asks_for_help(option, *value)) {
    settings.ends_at_once = true;
    return {};
  }
  if (auto fault = find_fault(option, value, settings.release())) return util::fail(std::move(*fault));
  settings.set(option, std::move(value), source);
  return {};
}

util::Result<void> apply_environment(Settings& settings, const util::Environment& environment, const Dialect& dialect) {
  std::map<std::pair<std::size_t, std::string_view>, std::pair<InputVariable, std::string>> given;
  const auto take = [&](std::string_view name, std::string_view value) {
    const auto known = input_variables().find(name);
    if (known == input_variables().end()) return;
    const bool is_early = name == "SBATCH_DEBUG" && dialect.release() >= Release{23, 2};
    given.emplace(std::pair{is_early ? 0 : known->second.first + 1, known->first},
                  std::pair{known->second.second, std::string(value)});
  };
  environment.visit_prefix("SBATCH_", take);
  for (const std::string_view name : {"SLURM_CLUSTERS", "SLURM_HINT"}) {
    if (const auto value = environment.get(name)) take(name, *value);
  }
  for (const auto& [place, entry] : given) {
    if (settings.ends_at_once) return {};
    CHECK_OK(apply_variable(settings, entry.first, entry.second, dialect));
  }
  return {};
}

util::Result<void> apply_words(Settings& settings, const ParsedWords& parsed, const std::vector<std::uint32_t>& lines) {
  for (const auto& word : parsed.options) {
    if (settings.ends_at_once) return {};
    Source source;
    if (!lines.empty()) source = {Source::Kind::script, lines[word.word - 1], {}};
    CHECK_OK(apply_option(settings, *word.option, word.value, source));
  }
  if (parsed.error && !settings.ends_at_once) return util::fail(*parsed.error);
  return {};
}

}  // namespace sarray::slurm
