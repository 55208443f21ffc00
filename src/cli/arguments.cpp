#include "cli/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "cli/suggest.hpp"

namespace sarray::cli {

namespace {

util::Error usage_error(std::string what, std::string why, std::string hint) {
  util::Error error{std::move(what), std::move(why), std::move(hint)};
  error.status = static_cast<int>(util::Exit::usage);
  return error;
}

/// CLI11's help, with a usage line of our own.
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
  m_app.allow_extras();  // they are reported below, with what was probably meant
  m_app.set_help_flag("-h,--help", "print this and exit");
  m_app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

util::Error Arguments::explain_extra(const std::string& word) const {
  const auto help = "sarray " + m_command + " --help";
  const bool is_option = word.size() > 1 && word.front() == '-';
  if (!is_option) return usage_error(m_command, "there is no place for '" + word + "'", help);
  std::vector<std::string> names;
  for (const auto* option : m_app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  const auto meant = suggest(word.substr(0, word.find('=')), names);
  return usage_error(m_command, "there is no option '" + word + "'", meant.empty() ? help : "did you mean " + meant + "?");
}

util::Result<bool> Arguments::parse(std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  try {
    m_app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    std::fputs((m_app.help() + (m_app.get_footer().empty() ? "" : "\n")).c_str(), stdout);
    return false;
  } catch (const CLI::ParseError& error) {
    const auto extra = m_app.remaining();
    if (!extra.empty() && extra.front().size() > 2 && extra.front().starts_with("--")) return util::fail(explain_extra(extra.front()));
    return util::fail(usage_error(m_command, error.what(), "sarray " + m_command + " --help"));
  }
  auto extra = m_app.remaining();
  if (const auto mark = std::find(extra.begin(), extra.end(), "--"); mark != extra.end()) extra.erase(mark);  // what follows are no options
  if (!extra.empty()) return util::fail(explain_extra(extra.front()));
  // A script's variable that was never set: what would be taken for "all of them" must not be.
  for (const auto* option : m_app.get_options()) {
    const auto& values = option->results();
    const bool takes_value = option->get_items_expected_min() > 0;
    if (takes_value && std::find(values.begin(), values.end(), "") != values.end())
      return util::fail(usage_error(m_command, option->get_name() + " is given, but empty", "sarray " + m_command + " --help"));
  }
  return true;
}

util::Result<std::uint32_t> parse_number(const std::string& text, const std::string& what, std::uint32_t least, const std::string& hint) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value < least) {
    return util::fail(usage_error(what, "'" + text + "' is no number of at least " + std::to_string(least), hint));
  }
  return value;
}

util::Result<std::vector<std::uint32_t>> parse_job_numbers(const std::vector<std::string>& words, std::uint32_t most,
                                                           const std::string& hint) {
  std::vector<std::uint32_t> numbers;
  for (const auto& word : words) {
    for (std::size_t at = 0; at <= word.size();) {
      const auto end = std::min(word.find(',', at), word.size());
      const auto part = word.substr(at, end - at);
      const auto dash = std::min(part.find('-'), part.size());
      const auto first = parse_number(part.substr(0, dash), "", 1, "");
      const auto last = dash < part.size() ? parse_number(part.substr(dash + 1), "", 1, "") : first;
      if (!first || !last || *last < *first) return util::fail(usage_error("job " + word, "that is no job number, nor a list of them", "1, 2-5 or 1,4-6"));
      if (*last > most) {
        return util::fail("job " + part, most == 0 ? "the queue is empty" : "the jobs are 1 to " + std::to_string(most), hint);
      }
      for (auto number = *first; number <= *last; ++number) numbers.push_back(number);
      at = end + 1;
    }
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace sarray::cli
