#include "cli/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "cli/suggest.hpp"

namespace sarray::cli {

namespace {

/// CLI11's help, with our own usage line.
class Formatter : public CLI::Formatter {
 public:
  explicit Formatter(std::string usage) : m_usage(std::move(usage)) { column_width(28); }
  std::string make_usage(const CLI::App*, std::string) const override { return m_usage + "\n"; }

 private:
  std::string m_usage;
};

}  // namespace

Arguments::Arguments(std::string command, const std::string& description, const std::string& usage)
    : m_command(std::move(command)), m_app(description, "sarray " + m_command) {
  m_app.formatter(std::make_shared<Formatter>("usage: sarray " + m_command + (usage.empty() ? "" : " " + usage)));
  m_app.allow_extras();  // they are reported below, with a suggestion
  m_app.set_help_flag("-h,--help", "print this and exit");
  m_app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

util::Error Arguments::explain_extra(const std::string& word) const {
  const auto help = "sarray " + m_command + " --help";
  const bool is_option = word.size() > 1 && word.front() == '-';
  if (!is_option) return util::usage_error(m_command, "unexpected argument '" + word + "'", help);
  std::vector<std::string> names;
  for (const auto* option : m_app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  const auto meant = suggest(word.substr(0, word.find('=')), names);
  return util::usage_error(m_command, "there is no option '" + word + "'", meant.empty() ? help : "did you mean " + meant + "?");
}

util::Result<bool> Arguments::parse(std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());  // CLI11 wants them in this order
  try {
    m_app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    std::fputs((m_app.help() + (m_app.get_footer().empty() ? "" : "\n")).c_str(), stdout);
    return false;
  } catch (const CLI::ParseError& error) {
    const auto extra = m_app.remaining();
    if (!extra.empty() && extra.front().size() > 2 && extra.front().starts_with("--"))
      return util::fail(explain_extra(extra.front()));
    return util::fail(util::usage_error(m_command, error.what(), "sarray " + m_command + " --help"));
  }
  auto extra = m_app.remaining();
  if (const auto mark = std::find(extra.begin(), extra.end(), "--"); mark != extra.end())
    extra.erase(mark);  // what follows is not an option
  if (!extra.empty()) return util::fail(explain_extra(extra.front()));
  // A variable of a script may never have been set. An empty value must not mean "all of them".
  for (const auto* option : m_app.get_options()) {
    const auto& values = option->results();
    const bool takes_value = option->get_items_expected_min() > 0;
    if (takes_value && std::find(values.begin(), values.end(), "") != values.end())
      return util::fail(
          util::usage_error(m_command, option->get_name() + " is given, but empty", "sarray " + m_command + " --help"));
  }
  return true;
}

}  // namespace sarray::cli
