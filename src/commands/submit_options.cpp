#include "commands/submit_options.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "cli/arguments.hpp"
#include "queue/choice.hpp"
#include "slurm/language/command_line.hpp"
#include "slurm/language/group_name.hpp"
#include "slurm/language/settings.hpp"
#include "util/environment_names.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/quiet.hpp"
#include "util/shell_quote.hpp"

namespace sarray::commands {

namespace {

constexpr std::array<std::string_view, 17> own_names = {
    "help",     "output",    "dry-run",      "throttle", "json",  "session", "split", "again",       "assume-done",
    "parsable", "translate", "no-translate", "names",    "merge", "graph",   "quiet", "with-parents"};
constexpr std::string_view own_letters = "hnot";
/// What has no meaning for an array that is already merged.
constexpr std::array<std::string_view, 5> no_overrides = {"wrap", "test-only", "usage", "version", "export-file"};

/// Own options of other commands that a person may try here, too.
constexpr std::array<std::string_view, 4> others_names = {"job", "tasks", "state", "failed"};

bool holds(const auto& names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

/// Returns the one option of sbatch that a long name, whole or shortened, means.
const slurm::OptionSpec* find_by_name(std::string_view name) {
  const slurm::OptionSpec* found = nullptr;
  for (const auto& option : slurm::option_table()) {
    if (option.name == name) return &option;
    if (!option.name.starts_with(name)) continue;
    if (found != nullptr) return nullptr;
    found = &option;
  }
  return found;
}

const slurm::OptionSpec* find_by_letter(char letter) {
  for (const auto& option : slurm::option_table()) {
    if (option.letter == letter) return &option;
  }
  return nullptr;
}

/// Returns whether a word is the beginning of an option of ours: then that is meant, and is spelled out.
bool begins_own(std::string_view word, const std::vector<std::string_view>& more_own) {
  const auto begins = [&](std::string_view name) { return name.starts_with(word); };
  return std::any_of(own_names.begin(), own_names.end(), begins) || std::any_of(more_own.begin(), more_own.end(), begins) ||
         std::any_of(others_names.begin(), others_names.end(), [&](auto name) { return name == word; });
}

/// @return how many words, from `at`, are an option of sbatch with its value; 0: none.
std::size_t count_sbatch_words(const Words& words, std::size_t at, const std::vector<std::string_view>& more_own) {
  const std::string_view word = words[at];
  if (word.size() < 2 || word[0] != '-') return 0;
  if (word[1] == '-') {
    const auto equals = word.find('=');
    const auto name = word.substr(2, equals == std::string_view::npos ? equals : equals - 2);
    if (name.empty() || holds(own_names, name) || holds(more_own, name)) return 0;
    const auto* option = find_by_name(name);
    if (option == nullptr || (option->name != name && begins_own(name, more_own))) return 0;
    const bool next = option->arity == slurm::Arity::required && equals == std::string_view::npos && at + 1 < words.size();
    return next ? 2 : 1;
  }
  if (own_letters.find(word[1]) != std::string_view::npos) return 0;
  for (std::size_t i = 1; i < word.size(); ++i) {
    const auto* option = find_by_letter(word[i]);
    if (option == nullptr) return 0;
    if (option->arity == slurm::Arity::none) continue;
    const bool next = option->arity == slurm::Arity::required && i + 1 == word.size() && at + 1 < words.size();
    return next ? 2 : 1;
  }
  return 1;
}

/// Whether an own option's value is the next word.
bool takes_next_word(std::string_view word, const std::vector<std::string_view>& more_own) {
  if (word.size() > 2 && word[0] == '-' && word[1] != '-') {  // letters together: -nt 5, but -t5
    const auto valued = word.find_first_of("ot", 1);
    return valued != std::string_view::npos && valued + 1 == word.size();
  }
  if (word.starts_with("--") && holds(more_own, word.substr(2))) return true;
  return word == "-o" || word == "-t" || word == "--output" || word == "--throttle" || word == "--session" || word == "--names" ||
         word == "--merge" || word == "--max-calls";
}

util::Result<void> check_override(const slurm::Setting& setting) {
  const std::string name(setting.option->name);
  if (name == "array")
    return util::fail(util::usage_error("--array", "the merged array's indices are sarray's own", "-t N throttles it"));
  if (holds(no_overrides, name)) {
    return util::fail(
        util::usage_error("--" + name, "it has no meaning for an array that is already merged", "sarray submit --help"));
  }
  if (setting.option->owner == slurm::Owner::refused) {
    return util::fail(
        util::usage_error("--" + name, "a merged array cannot have it", "docs/fidelity.md says which options, and why"));
  }
  return {};
}

/// Sorts out what stands beside the options: jobs of the session, or a file.
util::Result<void> take_given(SubmitOptions& options, const Words& given) {
  if (given.empty()) return {};
  const char* current = std::getenv(util::session_variable);
  const bool in_shell = current != nullptr && *current != '\0';
  const auto is_file = [](const std::string& word) { return ::access(word.c_str(), F_OK) == 0; };
  const bool all_jobs = std::all_of(given.begin(), given.end(), queue::is_job_list);
  const bool no_jobs = std::none_of(given.begin(), given.end(), queue::is_job_list);
  if (all_jobs && (in_shell || !options.session.empty())) {
    const auto file = options.session.empty() ? std::find_if(given.begin(), given.end(), is_file) : given.end();
    options.jobs = given;
    if (file == given.end()) return {};
    return util::fail(util::usage_error("submit " + *file, "that is a job of this session, and also a file here",
                                        "sarray submit ./" + *file + " for the file; for the job: sarray submit --session " +
                                            (in_shell ? current : "NAME") + " " + *file));
  }
  if (given.size() > 1)
    return util::fail(util::usage_error(
        "submit", all_jobs || no_jobs ? "unexpected argument '" + given[1] + "'" : "jobs and a file cannot be given together",
        "sarray submit --help"));
  if (all_jobs && !is_file(given.front()))
    return util::fail("submit " + given.front(), "there is no such file, and a number is a job only inside a session",
                      "sarray submit --session NAME " + given.front() + " (sarray sessions lists them)");
  if (!options.session.empty())
    return util::fail(util::usage_error("submit", "a file and --session exclude each other", "sarray submit --help"));
  options.file = given.front();
  return {};
}

}  // namespace

bool is_override(const slurm::OptionSpec& option) {
  using slurm::Owner;
  return option.owner != Owner::refused && !holds(no_overrides, option.name) && option.name != "array" && option.name != "help";
}

std::vector<std::string> override_names() {
  std::vector<std::string> names;
  for (const auto& option : slurm::option_table()) {
    if (is_override(option)) names.push_back("--" + std::string(option.name));
  }
  return names;
}

Words take_sbatch_words(Words& words, const std::vector<std::string_view>& more_own) {
  Words own;
  Words taken;
  for (std::size_t at = 0; at < words.size();) {
    if (words[at] == "--") {
      own.insert(own.end(), words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
      break;
    }
    auto count = count_sbatch_words(words, at, more_own);
    auto& target = count > 0 ? taken : own;
    if (count == 0) count = takes_next_word(words[at], more_own) && at + 1 < words.size() ? 2 : 1;
    for (; count > 0; --count) target.push_back(words[at++]);
  }
  words = std::move(own);
  return taken;
}

bool is_letter_given(const Words& own, char letter) {
  for (std::size_t at = 0; at < own.size() && own[at] != "--"; ++at) {
    const auto& word = own[at];
    if (word.size() > 1 && word[0] == '-' && word[1] != '-') {
      const auto end = word.find_first_of("ot", 1);  // what follows is a value
      if (word.substr(1, end).find(letter) != std::string::npos) return true;
    }
    if (takes_next_word(word, {})) ++at;
  }
  return false;
}

namespace {

/// Refuses values of -t and -o that are meant for sbatch's options of these letters.
/// @param command the command with what it is about, for a hint that can be pasted.
util::Result<void> check_letters(const Words& own, const std::string& throttle, const std::string& output,
                                 const std::string& command) {
  const bool is_time = !throttle.empty() && throttle.find_first_not_of("0123456789") != std::string::npos &&
                       throttle.find_first_not_of("0123456789:-") == std::string::npos;
  if (is_letter_given(own, 't') && is_time)
    return util::fail(util::usage_error("submit: -t " + throttle, "-t is how many tasks run at once here, and not a time limit",
                                        command + " --time=" + throttle));
  if (output.find('%') != std::string::npos)
    return util::fail(util::usage_error("submit: -o " + output,
                                        "-o is the file for the generated script here; each job's output has its own name",
                                        "give -o to the sbatch calls; sarray submit -o FILE, without %, for the script"));
  if (is_letter_given(own, 't'))
    util::note("-t " + throttle + ": at most " + throttle + " tasks at once (--time=" + throttle + " for minutes)");
  return {};
}

}  // namespace

Words take_command(Words& words) {
  std::size_t at = 0;
  std::size_t begin = words.size();
  while (at < words.size()) {
    const std::string_view word = words[at];
    const bool is_option = word.size() > 1 && word[0] == '-';
    if (word == "--" || !is_option) {
      begin = word == "--" ? at + 1 : at;
      break;
    }
    const auto count = count_sbatch_words(words, at, {});
    at += count > 0 ? count : takes_next_word(word, {}) ? 2 : 1;
  }
  at = std::min(at, words.size());
  Words command(words.begin() + static_cast<std::ptrdiff_t>(begin), words.end());
  words.resize(at);
  return command;
}

util::Result<std::optional<SubmitOptions>> parse_submit_options(const Words& words) {
  SubmitOptions options;
  auto own = words;
  options.sbatch_words = take_sbatch_words(own);
  std::string throttle;
  std::string names;
  std::string merge;
  Words given;
  cli::Arguments arguments("submit",
                           "Submits the session's queue, some JOBS of it, or the sbatch calls in FILE, as one job array.",
                           "[JOBS...|FILE|-] [-n] [-o FILE] [-t N] [--split] [--json] [any option of sbatch]...");
  arguments.takes_sbatch_options(override_names());
  auto& app = arguments.app();
  app.footer(
      "Any other option of sbatch overrides that option in every job, e.g. --partition=long --dependency=afterok:17.\n"
      "--job-name names the array; its tasks keep their own names.");
  app.add_option("file", given,
                 "a file with one sbatch call per line, in shell syntax; - for standard input. In a session also jobs, which are "
                 "submitted alone: 3, 5-8; the others stay, and so does the session. A file of such a name is ./3")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_flag("--with-parents", options.with_parents, "also the jobs of the queue that the given ones wait for");
  auto* output = app.add_option("-o,--output", options.output,
                                "write the generated script to FILE (default: sarray.slurm); to DIR/: a file for each array")
                     ->type_name("FILE");
  auto* dry_run = app.add_flag("-n,--dry-run", options.dry_run, "print the script and submit nothing; needs no Slurm");
  app.add_flag("--graph", options.graph, "with -n: print which job waits for which instead, in Graphviz's language")
      ->needs(dry_run);
  app.add_option("-t,--throttle", throttle, "run at most N tasks at once; 0: no limit")->type_name("N");
  app.add_flag("--split", options.split, "if one array cannot hold all jobs, submit as few as possible");
  app.add_option("--merge", merge, "largest: jobs that differ in --mem or --time share an array that has the largest of each")
      ->type_name("HOW");
  app.add_option("--names", names,
                 "whose ids are in the names of output files: task, as each task's variables say (default), or slurm, as squeue "
                 "shows them; SARRAY_NAMES=slurm makes that the default")
      ->type_name("WHOSE");
  app.add_option("--session", options.session, "act on this session instead of the current shell's")->type_name("NAME");
  auto* translate = app.add_flag("--translate", options.translate,
                                 "scancel, scontrol ... in every task know its ids and its record (docs/fidelity.md)");
  app.add_flag("--no-translate", options.no_translate, "never do that, even if a script names these commands")
      ->excludes(translate);
  app.add_flag("--json", options.json, "answer in JSON (docs/json.md)");
  app.add_flag("--quiet", options.quiet, "say nothing but the answer, warnings and errors");
  std::string job;
  auto* job_option = app.add_option("--job", job)->group("");  // of other commands
  app.add_flag("--parsable", options.parsable, "print the job id alone");
  app.add_flag("--again", options.again, "treat an interrupted submission that Slurm does not know as failed");
  app.add_flag("--assume-done", options.assume_done,
               "jobs that are waited for, and that Slurm has forgotten, count as done, as they had to be");
  const auto own_words = own;
  TRY(const bool go_on, arguments.parse(own));
  if (!go_on) return std::optional<SubmitOptions>();
  if (job_option->count() > 0)
    return util::fail(util::usage_error("submit: --job", "jobs are named without it",
                                        "sarray submit " + job + " submits these; --job-name=" + job + " names the array"));
  if (options.quiet) util::be_quiet();
  auto command = "sarray submit" + (options.session.empty() ? "" : " --session " + util::shell_quote(options.session));
  for (const auto& word : given) command += " " + util::shell_quote(word);
  CHECK_OK(check_letters(own_words, throttle, options.output, command));
  options.output_given = output->count() > 0;
  if (options.output.ends_with('/')) {
    options.output_folder = options.output;
    options.output += "sarray.slurm";
  }
  if (!throttle.empty()) {
    TRY(options.throttle, util::parse_number(throttle, "-t", 0, "sarray submit --help"));
  }
  if (!names.empty()) {
    TRY(options.names, read_names(names, "--names"));
  }
  if (!merge.empty() && merge != "largest")
    return util::fail(util::usage_error("--merge=" + merge, "it can be largest", "sarray submit --merge=largest"));
  options.merge_largest = !merge.empty();
  CHECK_OK(take_given(options, given));
  if (options.with_parents && options.jobs.empty())
    return util::fail(util::usage_error("submit", "--with-parents needs jobs", "sarray submit --with-parents 3"));
  return std::optional(std::move(options));
}

namespace {

/// Returns --name=value as a person types it: the value alone is quoted.
std::string quote_word(const std::string& word) {
  const auto equals = word.starts_with("--") ? word.find('=') : std::string::npos;
  if (equals == std::string::npos) return util::shell_quote(word);
  return word.substr(0, equals + 1) + util::shell_quote(word.substr(equals + 1));
}

}  // namespace

std::string command_text(const SubmitOptions& options) {
  Words words = {"sarray", "submit"};
  if (!options.file.empty()) words.push_back(options.file);
  words.insert(words.end(), options.jobs.begin(), options.jobs.end());
  if (options.with_parents) words.emplace_back("--with-parents");
  if (!options.session.empty()) words.push_back("--session=" + options.session);
  if (options.throttle) words.push_back("--throttle=" + std::to_string(*options.throttle));
  words.insert(words.end(), options.sbatch_words.begin(), options.sbatch_words.end());
  return util::join(words, " ", quote_word);
}

util::Result<plan::Names> read_names(const std::string& word, const std::string& source) {
  for (const auto names : {plan::Names::task, plan::Names::slurm}) {
    if (word == plan::names_word(names)) return names;
  }
  return util::fail(util::usage_error(source + "=" + word, "it is task or slurm", "sarray submit --help"));
}

util::Result<std::vector<slurm::Setting>> read_overrides(const Words& sbatch_words, const slurm::Dialect& dialect) {
  Words words = {"sbatch"};
  words.insert(words.end(), sbatch_words.begin(), sbatch_words.end());
  const slurm::WordParser parser(dialect);
  const auto parsed = parser.parse(words);
  slurm::Settings settings(dialect.release());
  CHECK_OK(slurm::apply_words(settings, parsed, {}));
  if (parsed.error) return util::fail(*parsed.error);
  std::vector<slurm::Setting> overrides;
  for (const auto& setting : settings.all()) {
    CHECK_OK(check_override(setting));
    if (setting.option->owner == slurm::Owner::client) continue;
    if (setting.option->name == "job-name" && slurm::parse_group_name(setting.value))
      return util::fail(util::usage_error("--job-name=" + setting.value,
                                          "names of this form are those that sarray gives to arrays",
                                          "--job-name=my-" + setting.value));
    overrides.push_back(setting);
    auto& given = overrides.back();
    if (given.option->name == "chdir" && !given.value.starts_with('/')) {
      given.value = std::filesystem::current_path().string() + "/" + given.value;
    }
  }
  return overrides;
}

}  // namespace sarray::commands
