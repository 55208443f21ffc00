// `sarray __complete -- WORD...`: what the last word can become. The shells' scripts (share/completion) only pass words on, so
// that there is one rule for all of them, and no second table of options.
//
// Each line of the answer is a word and its meaning, with a tab between. A line that begins with a tab is for the script:
// "files": names of files are possible, too; "command N": from word N on it is the command line of another program.
// Nothing here asks Slurm, whose answer may take seconds.
#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "commands/commands.hpp"
#include "commands/complete_words.hpp"
#include "commands/submit_options.hpp"
#include "commands/table.hpp"
#include "slurm/language/option.hpp"

namespace sarray::commands {

namespace {

/// What a value or an argument can be.
enum class Kind : std::uint8_t {
  other,
  file,
  queued_or_file,
  session,
  submission,
  queued_job,
  array_job,
  name,
  state,
  command,
  shell,
  merge,
  names
};

struct KindRow {
  std::string_view name;
  Kind kind;
};

/// By the long name of an option, ours or sbatch's.
constexpr std::array option_kinds = {
    KindRow{"--session", Kind::session}, KindRow{"--resume", Kind::session},   KindRow{"--job", Kind::array_job},
    KindRow{"--state", Kind::state},     KindRow{"--from", Kind::file},        KindRow{"--output", Kind::file},
    KindRow{"--error", Kind::file},      KindRow{"--input", Kind::file},       KindRow{"--chdir", Kind::file},
    KindRow{"--nodefile", Kind::file},   KindRow{"--export-file", Kind::file}, KindRow{"--merge", Kind::merge},
    KindRow{"--names", Kind::names}};

/// By the name of an argument.
constexpr std::array argument_kinds = {KindRow{"TASK", Kind::submission}, KindRow{"JOBID", Kind::submission},
                                       KindRow{"JOB", Kind::queued_job},  KindRow{"FILE", Kind::queued_or_file},
                                       KindRow{"TEXT", Kind::name},       KindRow{"SHELL", Kind::shell}};

Kind find_kind(const auto& rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const KindRow& row) { return row.name == name; });
  return found == rows.end() ? Kind::other : found->kind;
}

bool has_name(const cli::PageOption& option, std::string_view name) {
  return std::find(option.names.begin(), option.names.end(), name) != option.names.end();
}

/// An option as a word: ours, or sbatch's.
struct MeantOption {
  std::string_view name;  ///< the long one
  bool needs_value = false;
  bool may_have_value = false;
};

std::optional<MeantOption> find_meant(const cli::Page& page, std::string_view word) {
  for (const auto& option : page.options) {
    if (has_name(option, word))
      return MeantOption{option.names.back(), !option.value.empty() && !option.value_is_optional, !option.value.empty()};
  }
  if (!page.takes_sbatch_options) return std::nullopt;
  for (const auto& option : slurm::option_table()) {
    const bool is_long = word.starts_with("--") && word.substr(2) == option.name;
    const bool is_letter = word.size() == 2 && word[0] == '-' && option.letter != 0 && word[1] == option.letter;
    if (!is_long && !is_letter) continue;
    for (const auto& row : option_kinds) {
      if (row.name.substr(2) == option.name)
        return MeantOption{row.name, option.arity == slurm::Arity::required, option.arity != slurm::Arity::none};
    }
    return MeantOption{"", option.arity == slurm::Arity::required, option.arity != slurm::Arity::none};
  }
  return std::nullopt;
}

class Completer {
 public:
  explicit Completer(Words words) : m_last(words.back()), m_words(words.begin(), words.end() - 1) {}

  void run() {
    if (m_words.empty()) {
      offer_commands();
      offer_all({{"--help", "print the commands"}, {"--version", "print the version"}}, "");
      return;
    }
    const auto* command = find_command(m_words.front());
    if (m_words.front() == "help" && m_words.size() == 1) offer_commands();
    if (command == nullptr) return;
    m_words.erase(m_words.begin());
    const auto page = page_of(*command);
    const bool has_program = !page.arguments.empty() && page.arguments.front().name == "COMMAND";  // run, exec, real
    if (has_program && offer_program(page)) return;
    offer_words(page);
  }

 private:
  /// Prints those offers that begin as the last word does. @param before what stands before them in the word: "--session=".
  void offer_all(const std::vector<Offer>& offers, const std::string& before) const {
    for (const auto& [word, text] : offers) {
      const auto whole = before + word;
      if (!std::string_view(whole).starts_with(m_last)) continue;
      if (std::any_of(whole.begin(), whole.end(), [](unsigned char c) { return c < ' ' || c == 127; })) continue;
      std::printf("%s\t%s\n", whole.c_str(), text.c_str());
    }
  }

  void offer_commands() const {
    std::vector<Offer> offers;
    for (const auto& command : command_table()) offers.push_back({std::string(command.name), std::string(command.summary)});
    offer_all(offers, "");
  }

  /// @return whether the last word belongs to the program that the command starts.
  bool offer_program(const cli::Page& page) const {
    auto own = m_words;
    own.push_back(m_last);
    const auto program = take_command(own);
    const bool has_mark = own.size() < m_words.size() && m_words[own.size()] == "--";
    if (program.empty() || (!has_mark && program.size() == 1 && m_last.starts_with('-'))) return false;
    const auto before_last = program.size() - 1;
    if (!has_mark && before_last == 0 && !m_words.empty() && is_value_of_last(page)) return false;
    std::printf("\tcommand %zu\n", 2 + m_words.size() - before_last);  // sarray is word 0, its command is word 1
    return true;
  }

  bool is_value_of_last(const cli::Page& page) const {
    const auto option = m_words.empty() ? std::nullopt : find_meant(page, m_words.back());
    return option && option->needs_value;
  }

  void offer_words(const cli::Page& page) {
    std::optional<MeantOption> open;  // the option whose value the next word is
    bool only_arguments = false;
    for (const auto& word : m_words) {
      if (open && (open->needs_value || !word.starts_with('-'))) {
        open.reset();
        continue;
      }
      open.reset();
      only_arguments = only_arguments || word == "--";
      if (word.size() > 1 && word.starts_with('-')) {
        if (!only_arguments) open = find_meant(page, word);
        if (open && !open->may_have_value) open.reset();
      } else {
        m_arguments.push_back(word);
      }
    }
    if (open && (open->needs_value || !m_last.starts_with('-'))) {
      offer_kind(find_kind(option_kinds, open->name), "");
      if (open->needs_value) return;
    }
    if (m_last.starts_with('-') && !only_arguments) {
      offer_options(page);
    } else if (!page.arguments.empty()) {
      const auto& argument = page.arguments[std::min(m_arguments.size(), page.arguments.size() - 1)].name;
      const bool is_many = argument.ends_with("...");
      if (m_arguments.size() < page.arguments.size() || is_many)
        offer_kind(find_kind(argument_kinds, argument.substr(0, argument.size() - (is_many ? 3 : 0))), "");
    }
  }

  void offer_options(const cli::Page& page) const {
    if (const auto equals = m_last.find('='); equals != std::string::npos) {
      const auto option = find_meant(page, m_last.substr(0, equals));
      if (option && option->may_have_value) offer_kind(find_kind(option_kinds, option->name), m_last.substr(0, equals + 1));
      return;
    }
    std::vector<Offer> offers;
    for (const auto& option : page.options) {
      for (const auto& name : option.names) offers.push_back({name, option.text});
    }
    offer_all(offers, "");
    if (!page.takes_sbatch_options || !m_last.starts_with("--")) return;
    offers.clear();
    for (const auto& option : slurm::option_table()) {
      const auto name = "--" + std::string(option.name);
      const bool is_ours =
          std::any_of(page.options.begin(), page.options.end(), [&](const auto& own) { return has_name(own, name); });
      if (!is_ours && is_override(option)) offers.push_back({name, "sbatch's option"});
    }
    offer_all(offers, "");
  }

  void offer_kind(Kind kind, const std::string& before) const {
    switch (kind) {
      case Kind::file:
        std::fputs("\tfiles\n", stdout);
        break;
      case Kind::queued_or_file:
        offer_all(queue_offers(), before);
        std::fputs("\tfiles\n", stdout);
        break;
      case Kind::session:
        return offer_all(session_offers(), before);
      case Kind::submission:
        return offer_all(submission_offers(), before);
      case Kind::queued_job:
        return offer_all(queue_offers(), before);
      case Kind::array_job:
        return offer_all(job_name_offers(m_arguments.empty() ? "" : m_arguments.front()), before);
      case Kind::name:
        return offer_all(job_name_offers(""), before);
      case Kind::state:
        return offer_states(before);
      case Kind::command:
        return offer_commands();
      case Kind::shell:
        return offer_all({{"bash", ""}, {"zsh", ""}, {"fish", ""}}, before);
      case Kind::merge:
        return offer_all({{"largest", "of --mem and --time, the largest of each"}}, before);
      case Kind::names:
        return offer_all({{"task", "as each task's variables say"}, {"slurm", "as squeue shows them"}}, before);
      case Kind::other:
        break;
    }
  }

  /// Offers the words of a list with commas: those before the last comma stay.
  void offer_states(const std::string& before) const {
    const auto list = m_last.substr(std::min(before.size(), m_last.size()));
    const auto comma = list.rfind(',');
    const auto given = comma == std::string::npos ? std::string() : list.substr(0, comma + 1);
    std::vector<Offer> offers;
    for (const auto* state : {"failed", "timeout", "out_of_memory", "cancelled", "completed", "unknown"}) {
      if (("," + given).find("," + std::string(state) + ",") == std::string::npos) offers.push_back({state, ""});
    }
    offer_all(offers, before + given);
  }

  std::string m_last;
  Words m_words;      ///< before it, without the command
  Words m_arguments;  ///< of them those that are neither options nor their values
};

}  // namespace

Status complete(const Words& words) {
  const auto begin = std::find(words.begin(), words.end(), "--");
  if (begin == words.end() || begin + 1 == words.end()) return 0;
  Completer(Words(begin + 1, words.end())).run();
  return 0;
}

}  // namespace sarray::commands
