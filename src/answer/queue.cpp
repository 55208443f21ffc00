#include "answer/queue.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "slurm/language/virtual_id.hpp"
#include "util/parse.hpp"

namespace sarray::answer {

namespace {

constexpr std::size_t key_count = 5;
enum Key : std::uint8_t { key_id, key_job, key_command, key_name, key_state };

// man squeue, --format and --start.
constexpr std::string_view usual_format = "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R";
constexpr std::string_view long_format = "%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R";
constexpr std::string_view start_format = "%.18i %.9P %.8j %.8u %.2t %.19S %.6D %20Y %R";

bool equals_ignoring_case(std::string_view one, std::string_view other) {
  return one.size() == other.size() && std::equal(one.begin(), one.end(), other.begin(), [](unsigned char a, unsigned char b) {
           return std::tolower(a) == std::tolower(b);
         });
}

util::Error cannot_read(const std::string& option, const std::string& value) {
  return {"squeue " + option + (value.empty() ? "" : "=" + value),
          "sarray cannot translate it, and jobs of this session would be in the answer",
          "squeue -o \"%i %j %T\", or -j with ids of Slurm's own"};
}

util::Result<Format> choose_format(const Words& words, const util::Environment& environment, bool is_start) {
  // The later of -o and -O counts; a variable only if neither is given (squeue's opts.c).
  for (auto option = words.options.rbegin(); option != words.options.rend(); ++option) {
    if (option->name != "format" && option->name != "Format") continue;
    const auto text = option->value.value_or("");
    auto format = option->name == "format" ? read_letters(text) : read_fields(text);
    if (!format) return util::fail(cannot_read("--" + std::string(option->name), text));
    return std::move(*format);
  }
  const auto variable = environment.get("SQUEUE_FORMAT");
  const auto fields = environment.get("SQUEUE_FORMAT2");
  std::optional<Format> format;
  if (words.has("long")) {
    format = read_letters(long_format);
  } else if (is_start) {
    format = read_letters(start_format);
  } else if (variable) {
    format = read_letters(*variable);
  } else if (fields) {
    format = read_fields(*fields);
  } else {
    format = read_letters(usual_format);
  }
  if (!format) return util::fail(cannot_read("SQUEUE_FORMAT", std::string(variable.value_or(fields.value_or("")))));
  return std::move(*format);
}

WordList list_of(const Words& words, std::string_view option, const util::Environment& environment, std::string_view variable) {
  if (const auto* value = words.value(option)) return split_words(*value);
  const auto value = variable.empty() ? std::nullopt : environment.get(variable);
  return value ? split_words(*value) : WordList();
}

util::Result<std::vector<JobName>> read_ids(const std::string& text) {
  std::vector<JobName> names;
  for (const auto& word : split_names(text)) {
    auto name = read_name(word);
    if (!name && std::isdigit(static_cast<unsigned char>(word[0])) == 0) {
      util::Error error;
      error.body = "squeue: error: Invalid job id: " + word + "\n";  // squeue's own words
      return util::fail(std::move(error));
    }
    if (!name) return util::fail(cannot_read("--job", text));
    names.push_back(std::move(*name));
  }
  return names;
}

}  // namespace

WordList split_words(std::string_view text) {
  WordList list;
  while (!text.empty()) {
    const auto word = util::take_until(text, ',');
    if (!word.empty()) list.emplace_back(word);
  }
  return list;
}

bool matches(const WordList& list, std::string_view word, bool ignore_case) {
  return list.empty() || std::any_of(list.begin(), list.end(), [&](const auto& entry) {
           return ignore_case ? equals_ignoring_case(entry, word) : entry == word;
         });
}

util::Result<QueueQuestion> read_queue_question(const Words& words, const util::Environment& environment,
                                                const std::string& user) {
  if (!words.unknown.empty()) return util::fail(cannot_read(words.unknown, ""));
  for (const auto* name : {"yaml", "step", "federation", "sibling", "only-job-state"}) {
    if (words.has(name)) return util::fail(cannot_read("--" + std::string(name), ""));
  }
  QueueQuestion question;
  const bool is_start = words.has("start");
  question.is_json = words.has("json");
  if (!question.is_json) {
    TRY(question.format, choose_format(words, environment, is_start));
  }
  for (const auto& column : question.format.columns) {
    if (column.field == "stdout" || column.field == "stderr" || column.field == "stdin" || column.field == "all")
      return util::fail(cannot_read("--Format", column.name));
  }
  question.has_header = !words.has("noheader");
  question.is_dated = words.has("long") && question.has_header;
  // JSON has a record for each record of Slurm's, with -r, too (observed on 24.11).
  question.is_by_task =
      !question.is_json && (words.has("array") || words.has("array-unique") || environment.get("SQUEUE_ARRAY").has_value() ||
                            environment.get("SQUEUE_ARRAY_UNIQUE").has_value());
  const auto* sort = words.value("sort");
  question.sort = sort != nullptr ? *sort : std::string(environment.get("SQUEUE_SORT").value_or("P,t,-p"));  // man squeue
  if (const auto* interval = words.value("iterate")) question.interval = util::to_number<int>(*interval).value_or(0);
  if (const auto* ids = words.value("job"); ids != nullptr && !ids->empty()) {
    TRY(question.ids, read_ids(*ids));
  }
  question.names = list_of(words, "name", environment, "SQUEUE_NAMES");
  question.states = list_of(words, "states", environment, "SQUEUE_STATES");
  question.users = list_of(words, "user", environment, "SQUEUE_USERS");
  question.accounts = list_of(words, "account", environment, "SQUEUE_ACCOUNT");
  question.partitions = list_of(words, "partition", environment, "SQUEUE_PARTITION");
  question.qos = list_of(words, "qos", environment, "SQUEUE_QOS");
  if (words.has("me")) question.users = {user};
  if (is_start && question.states.empty()) question.states = {"PENDING"};
  question.is_for_others =
      words.has("nodelist") || words.has("licenses") || words.has("reservation") || words.has("clusters") || words.has("notme");
  for (const auto& option : words.options) {
    constexpr std::array own = {"format", "Format", "long", "noheader", "name", "iterate", "job", "array-unique"};
    if (std::find(own.begin(), own.end(), option.name) == own.end()) question.passed.push_back(option);
  }
  if (words.has("array-unique")) question.passed.push_back({"array", std::nullopt});
  return question;
}

std::vector<std::string> queue_keys(const Format& format) {
  if (format.is_long) return {"JobArrayID", "JobID", "Command", "Name", "State"};
  return {"i", "A", "o", "j", "T"};
}

namespace {

/// Returns the value of a column in the row of a job of ours; nullopt if Slurm's own is right.
std::optional<std::string> our_value(const OurName& ours, std::string_view field, bool shows_arguments) {
  const bool is_plain = ours.tasks.empty();
  if (field == "jobarrayid") return ours.text();
  if (field == "jobid" && (is_plain || !ours.has_own_id)) return std::to_string(ours.job->id);
  if (field == "arrayjobid") return std::to_string(ours.job->id);
  if (field == "arraytaskid") return is_plain ? "N/A" : write_tasks(ours.tasks);
  if (field == "name") return ours.job->name;
  if (field == "command") return command_of(*ours.job, shows_arguments);
  if (field == "workdir") return ours.job->directory;
  return std::nullopt;
}

}  // namespace

std::vector<OurName> asked_parts(const QueueQuestion& question, std::vector<OurName> all) {
  std::vector<OurName> parts;
  for (auto& ours : all) {
    if (!matches(question.names, ours.job->name)) continue;
    if (!question.ids) {
      parts.push_back(std::move(ours));
      continue;
    }
    for (const auto& name : *question.ids) {
      if (name.job != ours.job->id) continue;
      if (name.tasks.empty()) {
        parts.push_back(ours);
        break;
      }
      for (const auto task : name.tasks) {
        if (std::find(ours.tasks.begin(), ours.tasks.end(), task) == ours.tasks.end()) continue;
        auto single = ours;
        single.tasks = {task};
        single.is_block = false;
        parts.push_back(std::move(single));
      }
    }
  }
  return parts;
}

bool is_asked_as_slurms(const QueueQuestion& question, const JobName& name, std::optional<std::uint32_t> raw) {
  return question.ids && std::any_of(question.ids->begin(), question.ids->end(),
                                     [&](const auto& asked) { return asked.job == name.job || asked.job == raw; });
}

util::Result<QueueLines> write_queue_lines(const QueueQuestion& question, const std::vector<std::vector<std::string>>& rows,
                                           const FindMap& find_map) {
  QueueLines lines;
  const auto& columns = question.format.columns;
  for (const auto& row : rows) {
    auto& list = row[key_state] == "PENDING" ? lines.pending : lines.others;
    const std::vector<std::string> values(row.begin() + key_count, row.end());
    const auto name = read_name(row[key_id]);
    const auto* map = name && !name->tasks.empty() ? find_map(row[key_command]) : nullptr;
    const auto raw = util::to_number<std::uint32_t>(row[key_job]);
    const bool is_slurms = name && is_asked_as_slurms(question, *name, raw);
    if (map == nullptr || is_slurms) {
      if (matches(question.names, row[key_name]) && (!question.ids || is_slurms || !name))
        list.push_back(write_queue_line(question.format, values));
      continue;
    }
    const bool has_own_id = row[key_state] != "PENDING" || raw != name->job;
    for (auto& ours : asked_parts(question, find_ours(*map, *name))) {
      ours.has_own_id = ours.has_own_id && has_own_id;
      auto own = values;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        if (auto value = our_value(ours, columns[i].field, question.shows_arguments)) own[i] = std::move(*value);
      }
      lines.ours.push_back(ours.job->id);
      list.push_back(write_queue_line(question.format, own));
    }
  }
  return lines;
}

bool is_asked_for(const QueueQuestion& question, const RecordedJob& job, const Defaults& defaults) {
  const auto value = [&](const char* field) { return queue_value(job, field, defaults).value_or(""); };
  const bool is_pending = job.state == RecordedState::pending;
  const bool has_state = question.states.empty() ? is_pending
                                                 : matches(question.states, "all", true) ||
                                                       matches(question.states, is_pending ? "PENDING" : "CANCELLED", true) ||
                                                       matches(question.states, is_pending ? "PD" : "CA", true);
  const bool has_user = matches(question.users, defaults.user) || matches(question.users, defaults.user_id);
  const bool has_id = !question.ids || std::any_of(question.ids->begin(), question.ids->end(), [&](const auto& name) {
    return name.job == job.id && (name.tasks.empty() || job.job->ids);
  });
  return has_state && has_user && has_id && !question.is_for_others && matches(question.names, job.job->name) &&
         matches(question.accounts, value("account")) && matches(question.qos, value("qos")) &&
         (question.partitions.empty() || matches(question.partitions, value("partition")));
}

std::vector<RecordedJob> recorded_parts(const QueueQuestion& question, const RecordedJob& job) {
  std::vector<RecordedJob> shown;
  std::set<std::uint32_t> asked;
  for (const auto& name : question.ids.value_or(std::vector<JobName>())) {
    if (name.job != job.id) continue;
    if (name.tasks.empty() && asked.empty()) break;  // "-j V,V_5" is V, and "-j V_5,V" is V_5 (observed on 22.05)
    for (const auto task : name.tasks) {
      if (job.job->ids && job.job->ids->contains(task)) asked.insert(task);
    }
  }
  // An array that was cancelled as a whole is one record.
  const bool is_split = job.job->ids && job.state == RecordedState::pending && (question.is_by_task || !asked.empty());
  for (std::uint32_t i = 0; is_split && i < job.job->ids->count(); ++i) {
    auto task = job;
    task.task = job.job->ids->nth(i);
    if (asked.empty() || asked.contains(*task.task)) shown.push_back(task);
  }
  if (!is_split) shown.push_back(job);
  if (shown.size() < 2 || question.is_by_task || question.is_json) return shown;
  auto together = job;
  for (const auto& one : shown) together.tasks.push_back(*one.task);
  return {together};
}

util::Result<std::vector<std::string>> write_recorded_lines(const QueueQuestion& question, const RecordedJob& job,
                                                            const Defaults& defaults) {
  std::vector<std::string> lines;
  for (const auto& one : recorded_parts(question, job)) {
    std::vector<std::string> values;
    for (const auto& column : question.format.columns) {
      auto value = queue_value(one, column.field, defaults);
      if (!value) {
        return util::fail("squeue: column " + column.name,
                          "nothing can be said about it of job " + std::to_string(job.id) + ", which is only recorded",
                          "another --format, or sarray submit");
      }
      values.push_back(std::move(*value));
    }
    lines.push_back(write_queue_line(question.format, values));
  }
  return lines;
}

}  // namespace sarray::answer
