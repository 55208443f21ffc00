#include "answer/account.hpp"

#include <algorithm>
#include <array>

#include "slurm/language/virtual_id.hpp"
#include "util/parse.hpp"

namespace sarray::answer {

namespace {

// man sacct: the default fields, and those of --brief.
constexpr std::string_view usual_fields = "jobid,jobname,partition,account,alloccpus,state,exitcode";
constexpr std::string_view brief_fields = "jobid,state,exitcode";

enum Key : std::uint8_t { key_id, key_name, key_line };
constexpr std::size_t key_count = 3;

util::Error cannot_read(const std::string& option) {
  return {"sacct " + option, "sarray cannot translate it, and jobs of this session would be in the answer",
          "sacct --format=JobID,State -P, or -j with ids of Slurm's own"};
}

/// Returns all lists of the option: more than one add up (observed on 22.05).
WordList list_of(const Words& words, std::string_view option) {
  WordList all;
  for (const auto& given : words.options) {
    if (given.name != option || !given.value) continue;
    const auto list = split_words(*given.value);
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

std::string fields_of(const Words& words, const util::Environment& environment) {
  // --brief and --format add up (options.c); more than one --format, too.
  std::string fields;
  for (const auto& option : words.options) {
    const auto more = option.name == "format"  ? option.value.value_or("")
                      : option.name == "brief" ? std::string(brief_fields)
                                               : "";
    fields += (fields.empty() || more.empty() ? "" : ",") + more;
  }
  return fields.empty() ? std::string(environment.get("SACCT_FORMAT").value_or(usual_fields)) : fields;
}

}  // namespace

util::Result<AccountQuestion> read_account_question(const Words& words, const util::Environment& environment) {
  if (!words.unknown.empty()) return util::fail(cannot_read(words.unknown));
  for (const auto* name : {"yaml", "long", "batch-script", "env-vars", "completion", "file"}) {
    if (words.has(name)) return util::fail(cannot_read("--" + std::string(name)));
  }
  AccountQuestion question;
  question.is_json = words.has("json");
  if (!question.is_json) {
    const auto fields = fields_of(words, environment);
    auto format = read_account_format(fields);
    if (!format) return util::fail(cannot_read("--format=" + fields));
    question.format = std::move(*format);
  }
  question.has_header = !words.has("noheader");
  for (const auto& option : words.options) {
    if (option.name == "parsable") question.style = AccountStyle::ended;
    if (option.name == "parsable2") question.style = AccountStyle::between;
  }
  if (const auto* delimiter = words.value("delimiter")) question.delimiter = *delimiter;
  for (const auto& word : list_of(words, "jobs")) {
    auto name = read_name(word);
    // A record as JSON has all steps of its job.
    const bool is_step = name && !name->step.empty() && slurm::is_virtual_id(name->job);
    if (!name || (question.is_json && is_step)) return util::fail(cannot_read("--jobs=" + word));
    if (!question.ids) question.ids.emplace();
    question.ids->push_back(std::move(*name));
  }
  question.names = list_of(words, "name");
  question.states = list_of(words, "state");
  question.users = list_of(words, "uid");
  question.accounts = list_of(words, "accounts");
  question.partitions = list_of(words, "partition");
  question.qos = list_of(words, "qos");
  for (const auto* name : {"nodelist", "clusters", "gid", "associations", "wckeys", "constraints", "reason"})
    question.is_for_others = question.is_for_others || words.has(name);
  for (const auto& option : words.options) {
    constexpr std::array own = {"format", "brief", "noheader", "parsable", "parsable2", "delimiter", "jobs", "name"};
    const bool is_own = std::find(own.begin(), own.end(), option.name) != own.end();
    if (!is_own) question.passed.push_back(option);
  }
  return question;
}

std::string ask_account_format(const Format& format, bool with_line) {
  std::string fields = with_line ? "JobID,JobName,SubmitLine" : "JobID,JobName";
  for (const auto& column : format.columns) fields += "," + column.name;
  return fields + ",JobIDRaw";
}

std::vector<std::vector<std::string>> read_account_rows(std::string_view text, std::size_t columns, bool with_line) {
  std::vector<std::vector<std::string>> rows;
  const auto count = (with_line ? key_count : key_count - 1) + columns;
  // Only the last column cannot have a newline in it.
  while (!text.empty()) {
    std::vector<std::string> row;
    while (row.size() < count && !text.empty()) row.emplace_back(util::take_until(text, value_end));
    row.emplace_back(util::take_until(text, '\n'));
    if (!with_line) row.insert(row.begin() + key_line, "");
    if (row.size() == key_count + columns + 1) rows.push_back(std::move(row));
  }
  return rows;
}

bool means(const JobName& name, const OurName& ours) {
  if (name.job != ours.job->id || (!name.step.empty() && name.step != ours.step)) return false;
  if (name.tasks.empty()) return true;
  return !ours.is_block && std::any_of(name.tasks.begin(), name.tasks.end(), [&](auto task) {
    return std::find(ours.tasks.begin(), ours.tasks.end(), task) != ours.tasks.end();
  });
}

bool is_asked_as_slurms(const AccountQuestion& question, const std::optional<JobName>& name, std::string_view raw) {
  return !question.ids || std::any_of(question.ids->begin(), question.ids->end(), [&](const auto& asked) {
    return name && (asked.job == name->job || std::to_string(asked.job) == raw.substr(0, raw.find('.')));
  });
}

void BegunTasks::add(const JobName& name) {
  if (!name.is_block && name.step.empty() && name.tasks.size() == 1) m_tasks.emplace(name.job, name.tasks.front());
}

std::vector<std::uint32_t> BegunTasks::others(const JobName& name) const {
  auto tasks = name.tasks;
  if (name.is_block) std::erase_if(tasks, [&](auto task) { return m_tasks.contains({name.job, task}); });
  return tasks;
}

Showing choose_showing(const AccountQuestion& question, const JobName& slurms, const OurName& ours) {
  const bool is_ours = !question.ids || std::any_of(question.ids->begin(), question.ids->end(),
                                                    [&](const auto& asked) { return means(asked, ours); });
  const bool is_slurms = question.ids && std::any_of(question.ids->begin(), question.ids->end(),
                                                     [&](const auto& asked) { return asked.job == slurms.job; });
  if ((!is_ours && !is_slurms) || !matches(question.names, ours.job->name)) return Showing::none;
  return is_ours ? Showing::as_ours : Showing::as_slurms;
}

namespace {

util::Result<std::vector<std::string>> our_row(const AccountQuestion& question, std::vector<std::string> values,
                                               const OurName& ours,
                                               const std::function<std::optional<std::string>(std::uint32_t)>& submit_line) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& field = question.format.columns[i].field;
    const bool is_job = ours.step.empty();
    if (field == "jobid") values[i] = ours.text();
    if (field == "jobidraw" && (ours.tasks.empty() || ours.is_block))
      values[i] = std::to_string(ours.job->id) + (is_job ? "" : "." + ours.step);
    if (field == "jobname" && is_job) values[i] = ours.job->name;
    if (field == "workdir" && is_job) values[i] = ours.job->directory;
    if (field != "submitline" || !is_job) continue;
    auto line = submit_line(ours.job->id);
    if (!line) return util::fail(cannot_read("--format=" + question.format.columns[i].name));
    values[i] = std::move(*line);
  }
  return values;
}

}  // namespace

util::Result<AccountLines> translate_account_rows(const AccountQuestion& question,
                                                  const std::vector<std::vector<std::string>>& rows,
                                                  const std::function<const script::Map*(const RowArray&)>& find_map,
                                                  const std::function<std::optional<std::string>(std::uint32_t)>& submit_line) {
  AccountLines lines;
  const script::Map* map = nullptr;
  bool is_job_asked = true;
  BegunTasks begun;
  for (const auto& row : rows) {
    if (const auto name = read_name(row[key_id])) begun.add(*name);
  }
  for (const auto& row : rows) {
    const bool is_titles = &row == rows.data();
    auto name = read_name(row[key_id]);
    const auto id = std::string_view(row[key_id]).substr(0, row[key_id].find_first_of("_."));
    // The rows of a job's steps come after its own, and have no command line of sbatch.
    const bool is_step = name && !name->step.empty();
    if (!is_step) map = name && !name->tasks.empty() ? find_map({id, row[key_line]}) : nullptr;
    std::vector<std::string> values(row.begin() + key_count, row.end() - 1);
    if (is_titles || map == nullptr || !name) {
      if (!is_step) is_job_asked = is_titles || matches(question.names, row[key_name]);
      if (is_job_asked && (is_titles || is_asked_as_slurms(question, name, row.back()))) lines.rows.push_back(std::move(values));
      continue;
    }
    name->tasks = begun.others(*name);
    for (const auto& ours : find_ours(*map, *name)) {
      const auto showing = choose_showing(question, *name, ours);
      if (showing == Showing::none) continue;
      if (showing == Showing::as_slurms) {
        lines.rows.push_back(values);
        break;
      }
      TRY(auto own, our_row(question, values, ours, submit_line));
      lines.rows.push_back(std::move(own));
      lines.ours.push_back(ours.job->id);
    }
  }
  return lines;
}

bool is_asked_for(const AccountQuestion& question, const RecordedJob& job, const Defaults& defaults) {
  const bool is_pending = job.state == RecordedState::pending;
  const auto value = [&](const char* field) { return account_value(job, field, defaults).value_or(""); };
  const auto has_id = [&](const auto& name) { return name.job == job.id && name.step.empty() && name.tasks.empty(); };
  // Without ids sacct lists what could have begun in a span of time: no job that was held all the time (observed on 22.05).
  const bool is_meant =
      question.ids ? std::any_of(question.ids->begin(), question.ids->end(), has_id) : job.job->find("hold") == nullptr;
  return !question.is_for_others && is_meant &&
         (matches(question.states, is_pending ? "PENDING" : "CANCELLED", true) ||
          matches(question.states, is_pending ? "PD" : "CA", true)) &&
         (matches(question.users, defaults.user) || matches(question.users, defaults.user_id)) &&
         matches(question.names, job.job->name) && matches(question.accounts, value("account")) &&
         matches(question.qos, value("qos")) && (question.partitions.empty() || matches(question.partitions, value("partition")));
}

util::Result<std::vector<std::string>> recorded_row(const AccountQuestion& question, const RecordedJob& job,
                                                    const Defaults& defaults) {
  std::vector<std::string> values;
  for (const auto& column : question.format.columns) {
    auto value = account_value(job, column.field, defaults);
    if (!value) {
      return util::fail("sacct: column " + column.name,
                        "nothing can be said about it of job " + std::to_string(job.id) + ", which is only recorded",
                        "another --format, or sarray submit");
    }
    values.push_back(std::move(*value));
  }
  return values;
}

}  // namespace sarray::answer
