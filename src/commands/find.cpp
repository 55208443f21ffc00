#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/task_word.hpp"
#include "engine/submissions.hpp"
#include "follow/array_history.hpp"
#include "follow/group.hpp"
#include "queue/gather.hpp"
#include "report/queue.hpp"
#include "report/status.hpp"
#include "report/table.hpp"
#include "slurm/language/group_name.hpp"
#include "store/groups.hpp"
#include "util/json.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Looks for a text in the jobs of one array. Jobs often share a script: it is read only once.
class Finder {
 public:
  Finder(const std::string& script, const std::string& text) : m_script(script), m_text(text) {}
  [[nodiscard]] bool matches(const script::MappedJob& job) {
    return holds(job.name, m_text) || holds(job.script_path, m_text) || holds(job.directory, m_text) ||
           std::any_of(job.arguments.begin(), job.arguments.end(),
                       [&](const auto& argument) { return holds(argument, m_text); }) ||
           is_in_script(job);
  }

 private:
  [[nodiscard]] bool is_in_script(const script::MappedJob& job) {
    const auto [known, is_new] = m_known.emplace(job.script_offset, false);
    if (!is_new) return known->second;
    const auto bytes = script::read_script(job, m_script);
    return known->second = bytes && holds(*bytes, m_text);
  }

  const std::string& m_script;
  const std::string& m_text;
  std::map<std::size_t, bool> m_known;  ///< by the script's place
};

std::string indices_text(const std::string& job_id, const script::MappedJob& job) {
  if (job.tasks == 1) return job_id + "_" + std::to_string(job.first_index);
  return job_id + "_[" + std::to_string(job.first_index) + "-" + std::to_string(job.first_index + job.tasks - 1) + "]";
}

/// The job ids of the arrays to look through.
struct Searched {
  std::vector<std::string> ids;
  std::vector<store::MissingParts> missing;  ///< what is not known here of the submission that is meant
};

/// Returns the arrays that the word stands for, else all that are noted here, newest first.
util::Result<Searched> arrays_to_search(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                        const std::string& word) {
  Searched searched;
  auto& ids = searched.ids;
  if (word.empty()) {
    for (auto submission = submissions.rbegin(); submission != submissions.rend(); ++submission) {
      if (std::find(ids.begin(), ids.end(), submission->job_id) == ids.end()) ids.push_back(submission->job_id);
    }
    return searched;
  }
  std::vector<const store::Submission*> arrays;
  TRY(const auto reference, read_shown_word(site, word));
  const auto& name = reference.group;
  if (name) {
    TRY(arrays, follow::find_arrays(submissions, *name));
  } else if (const auto* submission = reference.indices ? nullptr : store::find_submission(submissions, reference.job_id)) {
    arrays = store::arrays_of_group(submissions, *submission);
  } else {
    ids.push_back(reference.indices ? word : reference.job_id);
  }
  for (const auto* array : arrays) ids.push_back(array->job_id);
  if (!name || !name->part) searched.missing = follow::find_missing(submissions, arrays);
  return searched;
}

}  // namespace

Status find(const Words& words) {
  std::string text;
  std::string job_id;
  bool json = false;
  cli::Arguments arguments(
      "find", "Finds jobs with TEXT in their name, arguments or directory, in the name of their script, or within it.",
      "TEXT [JOBID] [--json]");
  arguments.app().add_option("text", text, "the exact text, case-sensitive")->required();
  arguments.app().add_option("jobid", job_id,
                             "look only in this merged array, or this submission; or last: the newest from this directory");
  arguments.app().add_flag("--json", json, "answer in JSON (docs/follow.md)");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  const auto site = queue::find_site();
  const auto noted = engine::list_submissions(site);
  auto submissions = noted;
  if (job_id.empty()) {
    auto others = follow::submissions_in_slurm(site, noted);
    submissions.insert(submissions.begin(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  }
  auto list = util::Json::array();
  report::Table table({false, true, true, false, false, false});
  table.add({"tasks", "job", "id", "array", "name", "script and arguments"});
  TRY(const auto searched, arrays_to_search(site, submissions, job_id));
  warn_of_missing(searched.missing, LeftOut::not_shown);
  for (const auto& id : searched.ids) {
    const auto loaded = follow::load_map(site, noted, {id, ""}, "");
    if (!loaded) {
      if (!job_id.empty()) {
        auto error = loaded.error();
        if (error.hint.find("--from") != std::string::npos) error.hint = "sarray history";  // find has no such option
        return util::fail(std::move(error));
      }
      continue;
    }
    Finder finder(loaded->script, text);
    for (const auto& job : loaded->map.jobs) {
      if (!finder.matches(job)) continue;
      auto entry = report::job_json(job);
      entry["array_job_id"] = id;
      list.push_back(std::move(entry));
      table.add({indices_text(id, job), std::to_string(job.number), std::to_string(job.id),
                 job.ids ? util::fit(job.ids->text(), 16) : "-", util::fit(util::printable(job.name), 20),
                 report::command_text(job)});
    }
  }
  const bool found = !list.empty();
  const util::Json document{{"version", 1}, {"jobs", std::move(list)}, {"missing", follow::name_missing(searched.missing)}};
  if (json) {
    std::fputs(util::to_line(document).c_str(), stdout);
  } else if (found) {
    std::fputs(table.text(report::terminal_width(1)).c_str(), stdout);
  } else {
    std::fputs("sarray: no submitted job contains that text\n", stderr);
  }
  return found ? 0 : static_cast<int>(util::Exit::failed);
}

}  // namespace sarray::commands
