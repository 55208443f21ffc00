#include "answer/show.hpp"

#include <algorithm>

#include "util/join.hpp"

namespace sarray::answer {

namespace {

/// Returns where the field's value begins and ends; npos if there is none. @param ends_line whether the value may have blanks,
/// and ends with the line, or before the next field of a record on one line.
struct Span {
  std::size_t begin = std::string::npos;
  std::size_t end = std::string::npos;
};
Span find_field(std::string_view record, std::string_view key, std::string_view next = {}) {
  const auto mark = std::string(key) + "=";
  std::size_t at = 0;
  while ((at = record.find(mark, at)) != std::string_view::npos) {
    const bool is_field = at == 0 || record[at - 1] == ' ' || record[at - 1] == '\n';
    at += mark.size();
    if (!is_field) continue;
    auto end = std::min(record.find('\n', at), record.size());
    const auto stop = next.empty() ? record.find(' ', at) : record.find(" " + std::string(next) + "=", at);
    if (stop != std::string_view::npos) end = std::min(end, stop);
    return {at, end};
  }
  return {};
}

void replace(std::string& record, std::string_view key, const std::string& value, std::string_view next = {}) {
  const auto span = find_field(record, key, next);
  if (span.begin != std::string::npos) record.replace(span.begin, span.end - span.begin, value);
}

/// Takes a field with the blank after it out of the record.
void remove(std::string& record, std::string_view key) {
  const auto span = find_field(record, key);
  if (span.begin == std::string::npos) return;
  const auto begin = span.begin - key.size() - 1;
  record.erase(begin, std::min(span.end + 1, record.size()) - begin);
}

}  // namespace

std::vector<std::string> split_records(std::string_view text, bool is_oneline) {
  std::vector<std::string> records;
  const std::string_view mark = is_oneline ? "\nJobId=" : "\n\nJobId=";
  while (!text.empty()) {
    const auto found = text.find(mark);
    const auto end = found == std::string_view::npos ? text.size() : found + mark.size() - 6;
    records.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return records;
}

std::string record_field(std::string_view record, std::string_view key) {
  const auto span = find_field(record, key);
  return span.begin == std::string::npos ? std::string() : std::string(record.substr(span.begin, span.end - span.begin));
}

std::optional<JobName> record_name(std::string_view record) {
  const auto array = record_field(record, "ArrayJobId");
  const auto task = record_field(record, "ArrayTaskId");
  if (array.empty()) return read_name(record_field(record, "JobId"));
  const bool is_list = task.find_first_not_of("0123456789") != std::string::npos;
  return read_name(array + "_" + (is_list ? "[" + task + "]" : task));
}

std::string rewrite_record(std::string record, const OurName& ours, const TaskFiles& files, bool shows_arguments) {
  const auto id = std::to_string(ours.job->id);
  const bool is_plain = ours.tasks.empty();
  if (is_plain || ours.is_block) replace(record, "JobId", id);
  remove(record, "ArrayTaskThrottle");
  if (is_plain) {
    remove(record, "ArrayJobId");
    remove(record, "ArrayTaskId");
  } else {
    replace(record, "ArrayJobId", id);
    replace(record, "ArrayTaskId", write_tasks(ours.tasks));
  }
  replace(record, "JobName", ours.job->name, "UserId");
  replace(record, "Command", command_of(*ours.job, shows_arguments), "WorkDir");
  replace(record, "WorkDir", ours.job->directory, record.find(" Comment=") != std::string::npos ? "Comment" : "StdErr");
  if (files.output.empty()) return record;
  replace(record, "StdErr", files.error.empty() ? files.output : files.error, "StdIn");
  replace(record, "StdIn", files.input.empty() ? "/dev/null" : files.input, "StdOut");
  replace(record, "StdOut", files.output, record.find(" SwitchesTime=") != std::string::npos ? "SwitchesTime" : "Power");
  return record;
}

std::string write_record(const std::vector<std::string>& lines, bool is_oneline) {
  if (is_oneline) return util::join(lines, " ") + " \n";  // scontrol ends it with a blank
  std::string text = util::join(lines, "\n   ");
  return text + "\n   \n\n";
}

}  // namespace sarray::answer
