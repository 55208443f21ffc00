#include "cli/arguments.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/suggest.hpp"

namespace sarray::cli {

namespace {

/// Returns what the parser's message says, without its own words. @param said e.g. "task is required", "--wait requires jobid".
std::string plain_words(const CLI::ParseError& error, const std::string& said) {
  const auto both = [&](std::string_view between, std::string_view instead) {
    const auto at = said.find(between);
    if (at == std::string::npos) return said;
    return shown_name(said.substr(0, at)) + std::string(instead) + shown_name(said.substr(at + between.size()));
  };
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return both(" is required", " is missing");
  if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) return both(" requires ", " needs ");
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) return both(" excludes ", " cannot be given together with ");
  constexpr std::string_view flag_with_value = " was given a disallowed flag override";
  if (said.ends_with(flag_with_value)) {
    const auto name = said.substr(0, said.size() - flag_with_value.size());
    return (name.starts_with('-') ? "" : name.size() == 1 ? "-" : "--") + name + " takes no value";
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && said.ends_with(" missing")) {
    const auto name = said.substr(0, said.find(':'));
    constexpr std::string_view before = " required ";
    const auto at = said.find(before);
    if (at != std::string::npos) {
      const auto value = said.substr(at + before.size(), said.rfind(' ') - at - before.size());
      return shown_name(name) + " needs a value: " + name + " " + value;
    }
  }
  return said;
}

}  // namespace

Arguments::Arguments(std::string command, const std::string& description, const std::string& usage)
    : m_command(std::move(command)), m_usage(usage), m_app(description, "sarray " + m_command) {
  m_app.allow_extras();  // they are reported below, with a suggestion
  m_app.set_help_flag("-h,--help", "print this and exit");
  m_app.option_defaults()->disable_flag_override();
  m_app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

Page Arguments::page() const {
  auto page = make_page(m_command, m_usage, m_app);
  page.takes_sbatch_options = !m_sbatch_names.empty();
  return page;
}

util::Error Arguments::explain_extra(const std::string& word) const {
  const auto help = "sarray " + m_command + " --help";
  const bool is_option = word.size() > 1 && word.front() == '-';
  if (!is_option) return util::usage_error(m_command, "unexpected argument '" + word + "'", help);
  auto names = m_sbatch_names;
  for (const auto* option : m_app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  const auto meant = suggest(word.substr(0, word.find('=')), names);
  return util::usage_error(m_command, "there is no option '" + word + "'", meant.empty() ? help : "did you mean " + meant + "?");
}

util::Error Arguments::explain(const CLI::ParseError& error) const {
  const auto extra = m_app.remaining();
  if (!extra.empty() && extra.front().size() > 2 && extra.front().starts_with("--")) return explain_extra(extra.front());
  const auto examples = examples_of(m_command);
  const bool lacks_argument = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !examples.empty();
  const auto hint = lacks_argument ? "for example: " + std::string(examples.front().line) : "sarray " + m_command + " --help";
  return util::usage_error(m_command, plain_words(error, error.what()), hint);
}

util::Result<bool> Arguments::parse(std::vector<std::string> words) {
  if (hand_over(page())) return false;
  std::reverse(words.begin(), words.end());  // CLI11 wants them in this order
  try {
    m_app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    std::fputs(help_text(page()).c_str(), stdout);
    return false;
  } catch (const CLI::ParseError& error) {
    return util::fail(explain(error));
  }
  auto extra = m_app.remaining();
  if (const auto mark = std::find(extra.begin(), extra.end(), "--"); mark != extra.end())
    extra.erase(mark);  // what follows is not an option
  if (!extra.empty()) return util::fail(explain_extra(extra.front()));
  // A variable of a script may never have been set. An empty value must not mean "all of them".
  for (const auto* option : m_app.get_options()) {
    const auto& values = option->results();
    const bool takes_value = option->get_items_expected_min() > 0;
    if (takes_value && std::find(values.begin(), values.end(), "") != values.end()) {
      return util::fail(util::usage_error(m_command, shown_name(option->get_name()) + " is given, but empty",
                                          "sarray " + m_command + " --help"));
    }
  }
  return true;
}

}  // namespace sarray::cli
