#include "cli/page.hpp"

#include <algorithm>
#include <cctype>

#include "util/wrap.hpp"

namespace sarray::cli {

namespace {

constexpr std::size_t help_width = 80;
constexpr std::size_t names_width = 26;

/// Where hand_over() puts the page. A program runs one command, in one thread.
Page* asked_page = nullptr;

std::string pad_to(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

/// Appends a row of two columns: what is too long for the first one has a line of its own.
void add_row(std::string& text, const std::string& names, const std::string& meaning) {
  auto row = "  " + names;
  if (row.size() + 2 > names_width) {
    text += row + "\n";
    row.clear();
  }
  text += pad_to(std::move(row), names_width) + util::wrap(meaning, help_width - names_width, names_width) + "\n";
}

std::string names_text(const PageOption& option) {
  std::string text;
  for (const auto& name : option.names) text += (text.empty() ? "" : ", ") + name;
  if (option.value.empty()) return text;
  return text + (option.value_is_optional ? " [" + option.value + "]" : " " + option.value);
}

std::string examples_text(const std::string& command) {
  std::string text;
  for (const auto& example : examples_of(command)) {
    text += "  " + std::string(example.line) + "\n      " + util::wrap(example.text, help_width - 6, 6) + "\n";
  }
  return text.empty() ? text : "\nexamples:\n" + text;
}

PageOption make_option(const CLI::Option& option) {
  PageOption made;
  for (const auto& letter : option.get_snames()) made.names.push_back("-" + letter);
  for (const auto& name : option.get_lnames()) made.names.push_back("--" + name);
  if (option.get_items_expected_max() > 0) made.value = option.get_type_name().empty() ? "VALUE" : option.get_type_name();
  made.value_is_optional = option.get_items_expected_min() == 0;
  made.text = option.get_description();
  return made;
}

}  // namespace

std::string shown_name(const std::string& name) {
  if (name.starts_with('-')) return name;
  auto shown = name;
  std::transform(shown.begin(), shown.end(), shown.begin(), [](unsigned char c) { return std::toupper(c); });
  return shown;
}

Page make_page(const std::string& command, const std::string& usage, const CLI::App& app) {
  Page page{command, usage, app.get_description(), {}, {}, false, app.get_footer()};
  for (const auto* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    if (option->get_positional() && !option->nonpositional()) {
      const bool many = option->get_items_expected_max() > 1;
      page.arguments.push_back({shown_name(option->get_name(true)) + (many ? "..." : ""), option->get_description()});
    } else {
      page.options.push_back(make_option(*option));
    }
  }
  return page;
}

std::string help_text(const Page& page) {
  const auto begin = "usage: sarray " + page.command + " ";
  auto text = begin + util::wrap(page.usage, help_width - begin.size(), begin.size(), true);
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n" + util::wrap(page.description, help_width, 0) + "\n";
  if (!page.arguments.empty()) text += "\narguments:\n";
  for (const auto& argument : page.arguments) add_row(text, argument.name, argument.text);
  text += "\noptions:\n";
  for (const auto& option : page.options) add_row(text, names_text(option), option.text);
  text += examples_text(page.command);
  if (!page.notes.empty()) text += "\n" + util::wrap(page.notes, help_width, 0) + "\n";
  return text;
}

Page ask_for_page(const std::function<void()>& run) {
  Page page;
  auto* const before = asked_page;
  asked_page = &page;
  run();
  asked_page = before;
  return page;
}

bool hand_over(const Page& page) {
  if (asked_page == nullptr) return false;
  *asked_page = page;
  return true;
}

}  // namespace sarray::cli
