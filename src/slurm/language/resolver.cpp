#include <algorithm>
#include <cstdlib>
#include <span>
#include <unordered_map>

#include "slurm/language/command_line.hpp"
#include "slurm/language/directive.hpp"
#include "slurm/language/file_pattern.hpp"
#include "slurm/language/foreign_directives.hpp"
#include "slurm/language/intake.hpp"
#include "slurm/language/job.hpp"
#include "slurm/language/settings.hpp"
#include "slurm/language/validate.hpp"
#include "slurm/language/virtual_id.hpp"

namespace sarray::slurm {

std::string Source::text() const {
  switch (kind) {
    case Kind::script:
      return "line " + std::to_string(line);
    case Kind::environment:
      return std::string(variable);
    case Kind::command_line:
      break;
  }
  return "command line";
}

const Setting* Job::find(std::string_view long_name) const {
  const auto at = std::lower_bound(settings.begin(), settings.end(), long_name,
                                   [](const Setting& setting, std::string_view n) { return setting.option->name < n; });
  return at != settings.end() && at->option->name == long_name ? &*at : nullptr;
}

namespace {

util::Error sbatch_error(const std::string& text, int status) {
  util::Error error;
  error.body = "sbatch: error: " + text + "\n";
  error.status = status;
  return error;
}

/// The options that a script's own lines set.
struct ScriptOptions {
  explicit ScriptOptions(const Release& release = newest_release) : settings(release), with_foreign(release) {}

  Settings settings;
  std::optional<util::Error> error;
  bool het_job = false;
  Settings with_foreign;  ///< #PBS and #BSUB too
  ForeignDirectives foreign;
};

/// @param file what sbatch calls the script in its complaints.
ScriptOptions read_script(std::string_view script, std::string_view file, const Dialect& dialect, const WordParser& parser) {
  ScriptOptions result(dialect.release());
  const auto directives = read_directives(script, file, dialect.release());
  if (!directives) {
    result.error = directives.error();
    return result;
  }
  result.het_job = directives->het_job;
  auto parsed = parser.parse(directives->words);
  // Only the command line may give these; sbatch ignores them in a script (observed on 22.05).
  std::erase_if(parsed.options, [](const ParsedOption& option) {
    const auto name = option.option->name;
    return name == "wrap" || name == "help" || name == "usage" || name == "version" || name == "quiet" || name == "verbose";
  });
  if (auto applied = apply_words(result.settings, parsed, directives->lines); !applied) {
    result.error = applied.error();
    return result;
  }
  if (parsed.operand < directives->words.size() && !result.settings.ends_at_once) {
    result.error = sbatch_error("Invalid directive found in batch script: " + directives->words[parsed.operand], 255);
    return result;
  }
  result.with_foreign = result.settings;
  if (!result.settings.ends_at_once && may_have_foreign_directives(script)) {
    result.foreign = read_foreign_directives(result.with_foreign, script, file, dialect.release());
  }
  return result;
}

bool waits_for_recorded(const Settings& settings) {
  const auto* setting = settings.find("dependency");
  const auto dependency = setting != nullptr ? parse_dependency(setting->value, settings.release()) : std::nullopt;
  return dependency && std::any_of(dependency->conditions.begin(), dependency->conditions.end(),
                                   [](const auto& condition) { return is_virtual_id(condition.job); });
}

/// @param settings of the call: its hint must do no harm.
util::Error refusal(const std::string& what, const std::string& why, const Settings& settings) {
  util::Error error;
  error.what = what;
  error.why = why;
  error.hint = waits_for_recorded(settings) ? recorded_parent_hint : real_sbatch_hint;
  return error;
}

/// Returns whether a ":" separates the options of a heterogeneous job. After the script's name sbatch just drops it (observed
/// on 22.05).
/// @param operand index of the script's name among the words that are not ":".
bool has_components(const std::vector<std::string>& argv, std::size_t operand) {
  const auto colon = std::find(argv.begin(), argv.end(), ":");
  return colon != argv.end() && static_cast<std::size_t>(colon - argv.begin()) <= operand;
}

/// 25.11 puts a job's SLUID into file names, and tells it to no task: the variable came with 26.05.
util::Result<void> refuse_unknown_sluid(const Settings& settings) {
  if (settings.release() < Release{25, 11} || settings.release() >= Release{26, 5}) return {};
  for (const std::string_view stream : {"error", "input", "output"}) {
    const auto* setting = settings.find(stream);
    if (setting == nullptr || !has_conversion(setting->value, 'S')) continue;
    return util::fail(
        refusal("--" + std::string(stream) + "=" + setting->value, "Slurm 25.11 does not tell a task its SLUID (%S)", settings));
  }
  return {};
}

/// Refuses, by name, what a merge cannot keep.
util::Result<void> refuse_unmergeable(const Settings& settings, bool het_job, bool may_wait) {
  CHECK_OK(refuse_unknown_sluid(settings));
  if (het_job) {
    return util::fail(refusal("heterogeneous job", "Slurm has no arrays of heterogeneous jobs", settings));
  }
  for (const auto& setting : settings.all()) {
    if (setting.option->owner != Owner::refused) continue;
    const bool waits = setting.option->name == "wait";
    if (waits && may_wait) continue;
    return util::fail(refusal("--" + std::string(setting.option->name),
                              waits ? "a recorded call cannot wait; after the submit use: sarray status JOBID --wait"
                                    : "it needs a job of its own in Slurm",
                              settings));
  }
  return {};
}

/// Reads --dependency. @return sbatch's words if Slurm refuses it by its form, our own if a merge cannot keep it.
util::Result<std::optional<Dependency>> read_dependency(const Settings& settings, const util::Environment& environment) {
  const auto* setting = settings.find("dependency");
  if (setting == nullptr) return std::nullopt;
  auto dependency = parse_dependency(setting->value, settings.release());
  if (!dependency) {
    auto error = sbatch_error("Batch job submission failed: Job dependency problem", 1);
    error.status = failure_status(environment);
    return util::fail(std::move(error));
  }
  for (const auto& condition : dependency->conditions) {
    const auto given = "--dependency=" + std::string(dependency_word(condition.type));
    if (condition.type == DependencyType::expand || condition.type == DependencyType::afterburstbuffer)
      return util::fail(refusal(given, "it needs a job of its own in Slurm", settings));
    if (condition.type == DependencyType::singleton && dependency->any) {
      auto error =
          refusal(given, "it is one of several conditions, of which one is enough, and stands for many jobs itself", settings);
      error.hint = "--dependency=singleton alone";
      return util::fail(std::move(error));
    }
  }
  return dependency;
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::optional<std::string> value_of(const Settings& settings, std::string_view name) {
  const auto* setting = settings.find(name);
  return setting != nullptr ? std::optional(setting->value) : std::nullopt;
}

std::string default_name(const Call& call) {
  if (call.source == ScriptSource::wrap) return "wrap";
  return call.source == ScriptSource::file ? base_name(call.script_path) : "sbatch";
}

int count_of(const ParsedWords& parsed, std::string_view name) {
  return static_cast<int>(std::count_if(parsed.options.begin(), parsed.options.end(),
                                        [&](const ParsedOption& option) { return option.option->name == name; }));
}

/// SBATCH_DEBUG's number replaces the -v that came before it; from 23.02 on, -v overrides it.
int verbosity(const util::Environment& environment, int given, const Release& release) {
  const auto debug = environment.get("SBATCH_DEBUG");
  if (!debug || (given > 0 && release >= Release{23, 2})) return given;
  return is_switched_on(*debug) ? std::atoi(std::string(*debug).c_str()) : 0;
}

void fill_from_settings(Job& job, const Settings& settings, const Call& call) {
  job.name = value_of(settings, "job-name").value_or(default_name(call));
  job.directory = call.directory;
  job.work_directory = value_of(settings, "chdir").value_or(call.directory);
  if (!job.work_directory.starts_with('/')) job.work_directory = call.directory + "/" + job.work_directory;
  job.output = value_of(settings, "output");
  job.error = value_of(settings, "error");
  job.input = value_of(settings, "input");
  if (const auto mode = value_of(settings, "open-mode")) {
    job.open_mode = (*mode)[0] == 'a' || (*mode)[0] == 'A' ? OpenMode::append : OpenMode::truncate;
  }
  job.parsable = settings.find("parsable") != nullptr;
  job.quiet = settings.find("quiet") != nullptr;
  job.waits = settings.find("wait") != nullptr;
  job.test_only = settings.ends_at_once || settings.find("test-only") != nullptr;
  for (const auto& setting : settings.all()) {
    if (setting.option->owner != Owner::client && setting.option->name != "wait") job.settings.push_back(setting);
  }
}

/// The resolved options of a call, and everything that they depend on. Most calls of a session differ only after the script's
/// name.
struct Settled {
  const ScriptOptions* script = nullptr;
  std::vector<std::string> words;  ///< up to the script's name
  util::Environment environment;
  Settings settings;

  [[nodiscard]] bool holds_for(const ScriptOptions& other_script, std::span<const std::string> other_words,
                               const util::Environment& other) const {
    return script == &other_script && environment.base() == other.base() && environment.changes() == other.changes() &&
           std::equal(words.begin(), words.end(), other_words.begin(), other_words.end());
  }
};

}  // namespace

struct Resolver::State {
  State(const Dialect& used, std::uint32_t size) : dialect(used), max_array_size(size), parser(dialect) {}

  const Dialect dialect;
  const std::uint32_t max_array_size;
  const WordParser parser;
  bool may_wait = false;
  /// By identity. The script itself is kept, so that no other script gets its address.
  struct Known {
    std::shared_ptr<const std::string> script;
    const ScriptOptions* options = nullptr;
  };
  std::unordered_map<const std::string*, Known> scripts;
  /// By the text that decides: many scripts differ only after their directives.
  std::unordered_map<std::string, ScriptOptions> by_text;
  const ScriptOptions none{dialect.release()};
  ScriptOptions faulty;
  Settled newest;

  /// If the script has a mistake it is read again, since the message names the file, and equal scripts may have several names.
  const ScriptOptions& options_of(const Call& call) {
    if (call.source == ScriptSource::wrap) return none;  // --wrap's text is never scanned
    const auto file = call.source == ScriptSource::file ? base_name(call.script_path) : "stdin";
    const auto [found, is_new] = scripts.try_emplace(call.script.get());
    auto& known = found->second;
    if (is_new) {
      known.script = call.script;
      const std::string_view text = *call.script;
      const auto [read, is_first] =
          by_text.try_emplace(std::string(may_have_foreign_directives(text) ? text : directive_part(text)));
      if (is_first) read->second = read_script(text, file, dialect, parser);
      known.options = &read->second;
    }
    const auto& options = *known.options;
    if (!options.error && !options.foreign.error) return options;
    return faulty = read_script(*call.script, file, dialect, parser);
  }
};

Resolver::Resolver(const Dialect& dialect, std::uint32_t max_array_size)
    : m_state(std::make_unique<State>(dialect, max_array_size)) {}
Resolver::~Resolver() = default;

const WordParser& Resolver::parser() const { return m_state->parser; }

void Resolver::accept_wait() { m_state->may_wait = true; }

util::Result<Job> Resolver::resolve(const Call& call) {
  const auto& dialect = m_state->dialect;
  auto words = call.argv;
  std::erase(words, ":");
  const auto parsed = m_state->parser.parse(words);

  Settings early(dialect.release());
  CHECK_OK(apply_words(early, parsed, {}));
  const auto& script = m_state->options_of(call);
  if (script.error) return util::fail(*script.error);
  const auto ignore_pbs = call.environment.get("SBATCH_IGNORE_PBS");
  const bool reads_foreign = early.find("ignore-pbs") == nullptr && script.settings.find("ignore-pbs") == nullptr &&
                             !(ignore_pbs && is_switched_on(*ignore_pbs));
  if (reads_foreign && script.foreign.error) {
    auto error = *script.foreign.error;
    if (error.status == failure_status_of_caller) error.status = failure_status(call.environment);
    return util::fail(std::move(error));
  }
  if (reads_foreign && script.foreign.unknown_line > 0) {
    return util::fail(refusal("line " + std::to_string(script.foreign.unknown_line) + " of the script",
                              "Slurm has no option for it, so sarray could not repeat it",
                              early.find("dependency") != nullptr ? early : script.settings));
  }
  const std::span<const std::string> option_words(words.data(), std::min(parsed.operand, words.size()));
  auto& newest = m_state->newest;
  if (!newest.holds_for(script, option_words, call.environment)) {
    Settings settings = reads_foreign ? script.with_foreign : script.settings;
    if (!settings.ends_at_once) CHECK_OK(apply_environment(settings, call.environment, dialect));
    const int quiet = count_of(parsed, "quiet");
    const int verbose = verbosity(call.environment, count_of(parsed, "verbose"), dialect.release());
    if (!settings.ends_at_once) CHECK_OK(apply_words(settings, parsed, {}));
    if (!settings.ends_at_once) CHECK_OK(verify_together(settings, call.environment, quiet, verbose));
    const bool stays = &script != &m_state->faulty;  // `faulty` is reused for the next script, so its address identifies none
    newest = {stays ? &script : nullptr, {option_words.begin(), option_words.end()}, call.environment, std::move(settings)};
  }
  const auto& settings = newest.settings;
  CHECK_OK(refuse_unmergeable(settings, script.het_job || has_components(call.argv, parsed.operand), m_state->may_wait));

  Job job;
  fill_from_settings(job, settings, call);
  if (const auto* array = settings.find("array")) {
    auto ids = ArrayIds::parse(array->value, m_state->max_array_size);
    if (!ids) {
      auto error = ids.error();
      error.status = failure_status(call.environment);
      return util::fail(std::move(error));
    }
    job.ids = std::move(*ids);
  }
  TRY(job.dependency, read_dependency(settings, call.environment));
  job.dependency_text = settings.dependency_text();
  if (call.source == ScriptSource::file && parsed.operand < words.size()) {
    job.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(parsed.operand) + 1, words.end());
  }
  job.script = call.script;
  return job;
}

}  // namespace sarray::slurm
