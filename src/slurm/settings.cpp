#include "slurm/settings.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "slurm/validate.hpp"

namespace sarray::slurm {

namespace {

std::vector<Setting>::iterator place_of(std::vector<Setting>& settings, std::string_view name) {
  return std::lower_bound(settings.begin(), settings.end(), name,
                          [](const Setting& setting, std::string_view n) { return setting.option->name < n; });
}

/// Options of which the later one counts.
constexpr std::array<std::array<std::string_view, 3>, 3> rivals = {{
    {"mem", "mem-per-cpu", "mem-per-gpu"},
    {"requeue", "no-requeue", ""},
    {"exclusive", "oversubscribe", ""},
}};

/// The words of both, each once, in order of their coming; NONE adds nothing.
std::string gather_words(const std::string& before, const std::string& more) {
  std::vector<std::string> words;
  for (const auto& text : {before, more}) {
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find(',', at), text.size());
      auto word = text.substr(at, end - at);
      std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      if (word != "NONE" && std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
      at = end + 1;
    }
  }
  std::string joined;
  for (const auto& word : words) joined += (joined.empty() ? "" : ",") + word;
  return joined.empty() ? "NONE" : joined;
}

}  // namespace

void Settings::set(const OptionSpec& given, std::optional<std::string> value, const Source& source) {
  const auto& option = *resolve_alias(&given);
  for (const auto& family : rivals) {
    if (std::find(family.begin(), family.end(), option.name) == family.end()) continue;
    for (const auto rival : family) {
      if (rival == option.name || rival.empty()) continue;
      if (const auto* spec = find_option(rival)) reset(*spec);
    }
  }
  const bool takes_back = value && (value->empty() || (option.name == "dependency" && *value == "0"));
  if (takes_back && (option.name == "array" || option.name == "dependency")) return reset(option);
  auto at = place_of(m_settings, option.name);
  const bool known = at != m_settings.end() && at->option == &option;
  if (known && option.name == "mail-type") value = gather_words(at->value, *value);
  Setting setting{&option, value.value_or(""), value.has_value(), source};
  if (known) {
    *at = std::move(setting);
  } else {
    m_settings.insert(at, std::move(setting));
  }
}

void Settings::reset(const OptionSpec& option) {
  const auto at = place_of(m_settings, option.name);
  if (at != m_settings.end() && at->option->name == option.name) m_settings.erase(at);
}

const Setting* Settings::find(std::string_view name) const {
  const auto at = std::lower_bound(m_settings.begin(), m_settings.end(), name,
                                   [](const Setting& setting, std::string_view n) { return setting.option->name < n; });
  return at != m_settings.end() && at->option->name == name ? &*at : nullptr;
}

bool is_switched_on(std::string_view value) {
  if (value.empty() || value == "yes") return true;
  return std::atoi(std::string(value).c_str()) != 0;
}

namespace {

util::Error value_error(const std::string& fault) {
  util::Error error;
  error.body = "sbatch: error: " + fault + "\n";
  error.status = 255;
  return error;
}

struct InputVariable {
  const OptionSpec* option = nullptr;
  std::string_view name;
};

/// Variables that begin with SBATCH_, by name.
const std::map<std::string_view, InputVariable>& sbatch_variables() {
  static const auto variables = [] {
    std::map<std::string_view, InputVariable> result;
    for (const auto& option : option_table()) {
      for (const auto variable : option.variables) {
        if (variable.starts_with("SBATCH_")) result.emplace(variable, InputVariable{&option, variable});
      }
    }
    return result;
  }();
  return variables;
}

util::Result<void> apply_variable(Settings& settings, const InputVariable& variable, std::string_view value, const Dialect& dialect) {
  const auto& option = *variable.option;
  if (dialect.release() < option.variables_since || dialect.find(option.name) == nullptr) return {};
  const Source source{Source::Kind::environment, 0, variable.name};
  switch (option.arity) {
    case Arity::none:
      if (is_switched_on(value)) {
        settings.set(option, std::nullopt, source);
      } else {
        settings.reset(option);
      }
      return {};
    case Arity::optional:
      settings.set(option, value.empty() ? std::nullopt : std::optional<std::string>(value), source);
      return {};
    case Arity::required: break;
  }
  if (const auto fault = find_fault(option, value)) return util::fail(value_error(*fault));
  settings.set(option, std::string(value), source);
  return {};
}

/// --switches has no variable of its own, but two for its halves.
void apply_switches(Settings& settings, const util::Environment& environment) {
  const auto count = environment.get("SBATCH_REQ_SWITCH");
  const auto wait = environment.get("SBATCH_WAIT4SWITCH");
  if (!count && !wait) return;
  std::string value(count.value_or("0"));
  if (wait) value += "@" + std::string(*wait);
  settings.set(*find_option("switches"), value, Source{Source::Kind::environment, 0, "SBATCH_REQ_SWITCH"});
}

}  // namespace

util::Result<void> apply_environment(Settings& settings, const util::Environment& environment, const Dialect& dialect) {
  const auto apply_named = [&](std::string_view option, std::string_view name) -> util::Result<void> {
    const auto value = environment.get(name);
    if (!value) return {};
    return apply_variable(settings, {find_option(option), name}, *value, dialect);
  };
  CHECK_OK(apply_named("hint", "SLURM_HINT"));  // SBATCH_HINT comes later, and wins
  util::Result<void> result;
  environment.visit_prefix("SBATCH_", [&](std::string_view name, std::string_view value) {
    const auto known = sbatch_variables().find(name);
    if (result && known != sbatch_variables().end()) result = apply_variable(settings, known->second, value, dialect);
  });
  CHECK_OK(result);
  CHECK_OK(apply_named("clusters", "SLURM_CLUSTERS"));
  apply_switches(settings, environment);
  return {};
}

util::Result<void> apply_words(Settings& settings, const ParsedWords& parsed, const std::vector<std::uint32_t>& lines) {
  for (const auto& word : parsed.options) {
    if (word.value && word.option->arity == Arity::required) {
      if (const auto fault = find_fault(*resolve_alias(word.option), *word.value)) return util::fail(value_error(*fault));
    }
    Source source;
    if (!lines.empty()) source = {Source::Kind::script, lines[word.word - 1], {}};
    settings.set(*word.option, word.value, source);
  }
  return {};
}

}  // namespace sarray::slurm
