#include "script/job_record.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "util/parse.hpp"

namespace sarray::script {

namespace {

using util::take_until;
using util::to_number;

// The tags.
constexpr std::string_view ids_tag = "ids";
constexpr std::string_view array_tag = "array";
constexpr std::string_view script_tag = "script";
constexpr std::string_view argument_tag = "arg";
constexpr std::string_view umask_tag = "umask";
constexpr std::string_view limit_tag = "limit";
constexpr std::string_view base_tag = "map:base";

/// Tags that format 0 had, and that nothing needs: the kernel reads the script's first line.
constexpr std::array<std::string_view, 3> retired_tags = {"run", "option", "shebang"};

/// In the order of VariableKind.
constexpr std::array<std::string_view, 5> variable_tags = {"set:", "unset:", "late:", "env:", "drop:"};

/// Fields that are texts, as they are.
struct TextField {
  std::string_view tag;
  std::optional<std::string> JobRecord::*member;
};
constexpr std::array<TextField, 12> text_fields = {{{"dir", &JobRecord::directory},
                                                    {"output", &JobRecord::output},
                                                    {"error", &JobRecord::error},
                                                    {"input", &JobRecord::input},
                                                    {"hidden", &JobRecord::hidden},
                                                    {"earlier", &JobRecord::earlier},
                                                    {"last", &JobRecord::last_word},
                                                    {"map:output", &JobRecord::map_output},
                                                    {"map:error", &JobRecord::map_error},
                                                    {"map:input", &JobRecord::map_input},
                                                    {"map:name", &JobRecord::name},
                                                    {"map:path", &JobRecord::path}}};

/// Fields that are there or not.
struct FlagField {
  std::string_view tag;
  bool JobRecord::*member;
};
constexpr std::array<FlagField, 4> flag_fields = {{{"translate", &JobRecord::translate},
                                                   {"append", &JobRecord::append},
                                                   {"truncate", &JobRecord::truncate},
                                                   {"unnamed", &JobRecord::unnamed}}};

std::string join_numbers(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (const auto number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

std::string write_place(const ScriptPlace& script) {
  std::vector<std::uint64_t> numbers = {script.offset, script.length, script.sum};
  if (script.plain) numbers.push_back(*script.plain);
  return join_numbers(numbers);
}

/// "OFFSET LENGTH CHECKSUM [LENGTH OF ITS OWN]"; in format 0 a word stood before the checksum.
std::optional<ScriptPlace> read_place(std::string_view text) {
  ScriptPlace place;
  const auto offset = to_number<std::size_t>(take_until(text, ' '));
  const auto length = to_number<std::size_t>(take_until(text, ' '));
  auto word = take_until(text, ' ');
  if (!word.empty() && (word.front() < '0' || word.front() > '9')) word = take_until(text, ' ');
  const auto sum = to_number<std::uint32_t>(word);
  if (!offset || !length || *length == 0 || !sum) return std::nullopt;
  place.offset = *offset;
  place.length = *length;
  place.sum = *sum;
  if (!text.empty()) {
    place.plain = to_number<std::size_t>(text);
    if (!place.plain) return std::nullopt;
  }
  return place;
}

std::optional<ArrayFacts> read_array(std::string_view text) {
  std::array<std::uint32_t, 4> numbers{};
  for (auto& number : numbers) {
    const auto read = to_number<std::uint32_t>(take_until(text, ' '));
    if (!read) return std::nullopt;
    number = *read;
  }
  return ArrayFacts{numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::optional<mode_t> read_umask(std::string_view text) {
  mode_t mode = 0;
  if (text.empty() || text.size() > 4) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<mode_t>(c - '0');
  }
  return mode;
}

std::string write_umask(mode_t mode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%03o", static_cast<unsigned>(mode));
  return text.data();
}

/// Takes a field that is more than a text. @return what is wrong with it, or nothing; nullopt: it is not one of these.
std::optional<std::string> take_special(const Field& field, JobRecord& job) {
  const auto check = [](bool right, const char* why) { return std::string(right ? "" : why); };
  if (field.tag == ids_tag) {
    auto ids = slurm::ArrayIds::parse(field.value, slurm::unknown_max_array_size);
    if (ids && *ids) job.ids = std::move(**ids);
    return check(job.ids.has_value(), "a job has no task ids");
  }
  if (field.tag == array_tag) {
    job.array = read_array(field.value);
    return check(job.array.has_value(), "the number of a job's tasks is not a number");
  }
  if (field.tag == script_tag) {
    const auto place = read_place(field.value);
    if (place) job.script = *place;
    return check(place.has_value(), "a job's script is not in it");
  }
  if (field.tag == umask_tag) {
    job.umask = read_umask(field.value);
    return check(job.umask.has_value(), "a job's umask is not a number");
  }
  if (field.tag == base_tag) {
    job.number_base = to_number<std::uint32_t>(field.value);
    return check(job.number_base.has_value(), "a job's number is not a number");
  }
  return std::nullopt;
}

bool take_simple(const Field& field, JobRecord& job) {
  if (field.tag == argument_tag) {
    job.arguments.push_back(field.value);
    return true;
  }
  if (field.tag == limit_tag) {
    job.limits.push_back(field.value);
    return true;
  }
  for (const auto& [tag, member] : text_fields) {
    if (field.tag != tag) continue;
    job.*member = field.value;
    return true;
  }
  for (const auto& [tag, member] : flag_fields) {
    if (field.tag != tag) continue;
    job.*member = true;
    return true;
  }
  for (std::size_t kind = 0; kind < variable_tags.size(); ++kind) {
    if (!field.tag.starts_with(variable_tags[kind])) continue;
    job.variables.push_back({static_cast<VariableKind>(kind), field.tag.substr(variable_tags[kind].size()), field.value});
    return true;
  }
  return std::find(retired_tags.begin(), retired_tags.end(), field.tag) != retired_tags.end();
}

}  // namespace

const RecordVariable* JobRecord::variable(std::string_view variable_name) const {
  const auto found =
      std::find_if(variables.begin(), variables.end(), [&](const auto& variable) { return variable.name == variable_name; });
  return found != variables.end() ? &*found : nullptr;
}

Record encode(const JobRecord& job) {
  Record record;
  record.first_index = job.first_index;
  record.tasks = job.tasks;
  record.id = job.id;
  auto& fields = record.fields;
  fields.reserve(16);
  const auto add = [&](std::string_view tag, std::string_view value) {
    fields.push_back({std::string(tag), std::string(value)});
  };
  if (job.ids) add(ids_tag, job.ids->text());
  if (job.array) add(array_tag, join_numbers({job.array->count, job.array->min, job.array->max, job.array->step}));
  add(script_tag, write_place(job.script));
  for (const auto& argument : job.arguments) add(argument_tag, argument);
  if (job.umask) add(umask_tag, write_umask(*job.umask));
  for (const auto& limit : job.limits) add(limit_tag, limit);
  for (const auto& [tag, member] : flag_fields) {
    if (job.*member) add(tag, "yes");
  }
  for (const auto& [kind, name, value] : job.variables) {
    add(std::string(variable_tags[static_cast<std::size_t>(kind)]) + name, value);
  }
  for (const auto& [tag, member] : text_fields) {
    if (job.*member) add(tag, *(job.*member));
  }
  if (job.number_base) add(base_tag, std::to_string(*job.number_base));
  return record;
}

util::Result<JobRecord> decode(const Record& record) {
  JobRecord job;
  job.first_index = record.first_index;
  job.tasks = record.tasks;
  job.id = record.id;
  for (const auto& field : record.fields) {
    if (const auto wrong = take_special(field, job)) {
      if (!wrong->empty()) return util::fail(damaged_script(*wrong));
    } else if (!take_simple(field, job)) {
      return util::fail(damaged_script("its table says '" + field.tag + "', which this sarray does not know"));
    }
  }
  if (job.script.length == 0) return util::fail(damaged_script("a job's script is not in it"));  // sbatch takes no empty one
  if ((job.ids ? job.ids->count() : 1) != job.tasks)
    return util::fail(damaged_script("a job's task ids do not match their number"));
  return job;
}

std::vector<std::string_view> tags() {
  std::vector<std::string_view> all = {ids_tag, array_tag, script_tag, argument_tag, umask_tag, limit_tag, base_tag};
  for (const auto& field : text_fields) all.push_back(field.tag);
  for (const auto& field : flag_fields) all.push_back(field.tag);
  all.insert(all.end(), variable_tags.begin(), variable_tags.end());
  return all;
}

util::Error damaged_script(const std::string& why) {
  return {"batch script", why, "submit again, or give the script that was submitted with --from"};
}

}  // namespace sarray::script
