#include "script/map.hpp"

#include <algorithm>
#include <map>

#include "script/pack.hpp"
#include "script/streams.hpp"
#include "slurm/language/first_command.hpp"
#include "util/crc32.hpp"
#include "util/parse.hpp"
#include "util/shell_quote.hpp"

namespace sarray::script {

namespace {

constexpr std::string_view first_line = "#!/bin/bash -p\n";

using util::take_until;
using util::to_number;

/// Undoes a #SBATCH line's quoting in render.cpp.
std::string unquote_directive(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string value;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value += text[i];
  }
  return value;
}

void read_option(std::string_view line, std::vector<MappedOption>& options) {
  constexpr std::string_view mark = "#SBATCH --";
  if (!line.starts_with(mark)) return;
  line.remove_prefix(mark.size());
  const auto equals = line.find('=');
  MappedOption option{std::string(line.substr(0, equals)), std::nullopt};
  if (equals != std::string_view::npos) option.value = unquote_directive(line.substr(equals + 1));
  options.push_back(std::move(option));
}

/// Returns the text between the quotes of $'...', in which all that is special is written as three octal digits.
std::string read_octal(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || text.size() - i < 4) {
      bytes += text[i];
      continue;
    }
    unsigned value = 0;
    for (int digits = 0; digits < 3; ++digits) value = value * 8 + static_cast<unsigned>(text[++i] - '0');
    bytes += static_cast<char>(value & 0xff);
  }
  return bytes;
}

/// The assignments between the comments and the dispatcher: NAME=DIGITS, NAME='quoted for bash' or NAME=$'not of ASCII alone',
/// one line each.
using Variables = std::map<std::string, std::string, std::less<>>;

/// Removes one assignment from the text. @return false if there is none.
bool take_assignment(std::string_view& text, Variables& variables) {
  if (!text.starts_with("SARRAY_")) return false;
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || text.substr(0, equals).find('\n') != std::string_view::npos) return false;
  const std::string name(text.substr(0, equals));
  text.remove_prefix(equals + 1);
  if (text.starts_with("$'")) {
    text.remove_prefix(2);
    const auto end = text.find("'\n");  // apostrophes inside are written by their numbers
    if (end == std::string_view::npos) return false;
    variables[name] = read_octal(text.substr(0, end));
    text.remove_prefix(end + 2);
    return true;
  }
  if (!text.starts_with('\'')) {
    variables[name] = std::string(take_until(text, '\n'));
    return true;
  }
  text.remove_prefix(1);
  std::string value;
  while (true) {
    const auto quote = text.find('\'');
    if (quote == std::string_view::npos) return false;
    value += text.substr(0, quote);
    text.remove_prefix(quote + 1);
    if (!text.starts_with("\\''")) break;
    value += '\'';
    text.remove_prefix(3);
  }
  if (!text.starts_with('\n')) return false;
  text.remove_prefix(1);
  variables[name] = std::move(value);
  return true;
}

/// The script's head: what is above the dispatcher.
struct Head {
  std::vector<MappedOption> options;
  Variables variables;
  std::size_t data = 0;  ///< offset of the data
};

/// The dispatcher's last line, after which the data begins.
constexpr std::string_view last_line = "\nexit 125\n";

/// Slurm's accounting may have a copy in which other characters than those of ASCII became question marks, one for several bytes
/// (a database of latin1): they are only above the data, which then begins elsewhere than the script says.
std::optional<std::size_t> find_data(std::string_view script, std::size_t head_end, const Variables& variables) {
  const auto said = to_number<std::size_t>(variables.at("SARRAY_DATA"));
  if (!said) return std::nullopt;
  if (*said <= script.size() && script.substr(0, *said).ends_with(last_line)) return *said;
  const auto end = script.find(last_line, head_end);
  return end != std::string_view::npos ? std::optional(end + last_line.size()) : std::nullopt;
}

/// From format 3 on the list of pages is the part before the data, which a form feed begins and ends; earlier it is in the head.
void read_lists(std::string_view before_data, Variables& variables) {
  if (!before_data.ends_with('\f')) return;
  before_data.remove_suffix(1);
  auto lists = before_data.substr(before_data.rfind('\f') + 1);
  while (take_assignment(lists, variables)) {
  }
}

util::Result<Head> read_head(std::string_view script) {
  if (!script.starts_with(first_line)) return util::fail("batch script", "it was not written by sarray", "sarray history");
  Head head;
  auto rest = script;
  while (!rest.empty() && (rest.front() == '#' || rest.front() == '\n')) read_option(take_until(rest, '\n'), head.options);
  while (head.variables.find("SARRAY_DATA") == head.variables.end()) {
    if (!take_assignment(rest, head.variables))
      return util::fail("batch script", "it was not written by sarray", "sarray history");
  }
  if (const auto format = head.variables.find("SARRAY_FORMAT"); format != head.variables.end()) {
    const auto number = to_number<std::uint32_t>(format->second);
    if (!number) return util::fail(damaged_script("its SARRAY_FORMAT is not a number"));
    if (*number > script_format) {
      return util::fail("batch script",
                        "it was written by a newer sarray (format " + std::to_string(*number) + ", and this one reads up to " +
                            std::to_string(script_format) + ")",
                        "sarray --version");
    }
  }
  const auto data = find_data(script, script.size() - rest.size(), head.variables);
  if (!data) return util::fail(damaged_script("it is cut short"));
  head.data = *data;
  if (head.variables.find("SARRAY_PAGES") == head.variables.end()) {
    read_lists(script.substr(0, *data - std::min(*data, last_line.size())), head.variables);
  }
  if (const auto options = head.variables.find("SARRAY_OPTIONS"); options != head.variables.end()) {
    head.options.clear();
    for (std::string_view lines = options->second; !lines.empty();) read_option(take_until(lines, '\n'), head.options);
  }
  return head;
}

/// Scripts of a format before 2 do not say it.
util::Result<plan::Names> read_names(const Variables& variables) {
  const auto said = variables.find("SARRAY_FILE_NAMES");
  if (said == variables.end()) return plan::Names::slurm;
  for (const auto names : {plan::Names::task, plan::Names::slurm}) {
    if (said->second == plan::names_word(names)) return names;
  }
  return util::fail(damaged_script("its SARRAY_FILE_NAMES is '" + said->second + "', which this sarray does not know"));
}

/// A page of the table: its bytes, checked.
util::Result<std::vector<std::string_view>> find_pages(std::string_view script, const Head& head) {
  const auto text_of = [&](std::string_view name) {
    const auto found = head.variables.find(name);
    return found != head.variables.end() ? std::string_view(found->second) : std::string_view();
  };
  const auto bytes = script.substr(head.data);
  std::vector<std::size_t> offsets;
  for (auto list = text_of("SARRAY_PAGES"); !list.empty();) {
    auto line = take_until(list, '\n');
    take_until(line, ' ');
    const auto offset = to_number<std::size_t>(line);
    if (!offset || (!offsets.empty() && *offset < offsets.back()))
      return util::fail(damaged_script("its list of pages is damaged"));
    if (*offset > bytes.size()) return util::fail(damaged_script("it is cut short"));
    offsets.push_back(*offset);
  }
  auto sums = text_of("SARRAY_SUMS");
  std::vector<std::string_view> pages;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    const auto page = bytes.substr(offsets[i], offsets[i + 1] - offsets[i]);
    if (to_number<std::uint32_t>(take_until(sums, '\n')) != util::posix_cksum(page)) {
      return util::fail(damaged_script("it is damaged or was edited: the checksum of its table does not match"));
    }
    pages.push_back(page);
  }
  if (pages.empty()) return util::fail(damaged_script("it has no jobs"));
  return pages;
}

std::string decode(std::string_view text) { return text == "\\-" ? std::string() : util::unescape_field(text); }

struct ShapeField {
  std::string tag;
  std::string beginning;
  bool constant = false;
};
using Shapes = std::map<std::uint32_t, std::vector<ShapeField>>;

/// "=1<TAB>tag=value<TAB>tag~beginning".
bool read_shape(std::string_view line, Shapes& shapes) {
  const auto number = to_number<std::uint32_t>(take_until(line, '\t').substr(1));
  if (!number) return false;
  auto& shape = shapes[*number];
  while (!line.empty()) {
    const auto field = take_until(line, '\t');
    const auto mark = field.find_first_of("=~");
    if (mark == std::string_view::npos) return false;
    shape.push_back({util::unescape_field(field.substr(0, mark)), decode(field.substr(mark + 1)), field[mark] == '='});
  }
  return true;
}

/// Reads pages into records, one after another.
class PageReader {
 public:
  /// @return false if the page is not one that sarray wrote.
  bool read(std::string_view page, std::vector<Record>& records) {
    if (!page.starts_with("page ")) return false;
    page.remove_prefix(5);
    auto heading = take_until(page, '\n');
    const auto first = to_number<std::uint32_t>(take_until(heading, ' '));
    const auto id = to_number<std::uint32_t>(heading);
    if (!first || *first > max_tasks || !id) return false;
    if (records.empty()) m_next_index = *first;  // an array of one job may begin elsewhere than at 0
    if (*first != m_next_index) return false;
    m_next_id = *id;
    Shapes shapes;
    while (!page.empty()) {
      const auto line = take_until(page, '\n');
      if (line.starts_with('=') ? !read_shape(line, shapes) : !read_row(line, shapes, records)) return false;
    }
    return true;
  }

 private:
  bool read_row(std::string_view line, const Shapes& shapes, std::vector<Record>& records) {
    auto head = take_until(line, '\t');
    Record record;
    record.first_index = m_next_index;
    record.id = m_next_id;
    if (const auto at = head.find('@'); at != std::string_view::npos) {
      const auto id = to_number<std::uint32_t>(head.substr(at + 1));
      if (!id) return false;
      record.id = *id;
      head = head.substr(0, at);
    }
    if (const auto star = head.find('*'); star != std::string_view::npos) {
      const auto tasks = to_number<std::uint32_t>(head.substr(star + 1));
      if (!tasks || *tasks == 0) return false;
      record.tasks = *tasks;
      head = head.substr(0, star);
    }
    const auto shape = shapes.find(to_number<std::uint32_t>(head).value_or(0));
    if (shape == shapes.end() || record.tasks > max_tasks - m_next_index) return false;
    for (const auto& field : shape->second) {
      auto value = field.beginning;
      if (!field.constant) value += decode(take_until(line, '\t'));
      record.fields.push_back({field.tag, std::move(value)});
    }
    m_next_index += record.tasks;
    m_next_id = record.id + 1;
    records.push_back(std::move(record));
    return true;
  }

  std::uint32_t m_next_index = 0;
  std::uint32_t m_next_id = 0;
};

/// Returns the job's own script, unchecked.
std::string stored_script(const MappedJob& job, std::string_view script) {
  const auto stored = script.substr(job.script_offset, job.script_length);
  return job.script_escaped ? util::unescape_field(stored) : std::string(stored);
}

/// Turns records into jobs.
class JobReader {
 public:
  JobReader(const Map& map, std::string_view script, std::size_t data) : m_map(map), m_script(script), m_data(data) {
    if (const auto* option = map.option("open-mode"); option != nullptr && option->value) {
      m_open_mode = *option->value == "append" ? slurm::OpenMode::append : slurm::OpenMode::truncate;
    }
    if (const auto* option = map.option("chdir"); option != nullptr) m_directory = option->value.value_or("");
  }

  [[nodiscard]] util::Result<MappedJob> read(const Record& fields) const {
    MappedJob job;
    TRY(job.record, decode(fields));
    const auto& record = job.record;
    job.id = record.id;
    job.first_index = record.first_index;
    job.tasks = record.tasks;
    job.ids = record.ids;
    job.number = record.number_base ? record.id - *record.number_base : 0;
    job.arguments = record.arguments;
    job.directory = record.directory.value_or(m_directory);
    job.open_mode = record.append ? slurm::OpenMode::append : record.truncate ? slurm::OpenMode::truncate : m_open_mode;
    const auto* named = record.variable("SLURM_JOB_NAME");
    const bool has_name = named != nullptr && named->kind == VariableKind::set;
    job.name = record.name.value_or(has_name ? named->value : m_map.name);
    job.output = record.map_output ? record.map_output : record.output;
    job.error = record.map_error ? record.map_error : record.error;
    job.input = record.map_input ? record.map_input : record.input;
    for (const auto stream : all_streams) fill_pattern(stream, job);
    fill_source(job);
    CHECK_OK(find_script(job));
    return job;
  }

 private:
  static void fill_source(MappedJob& job) {
    const auto path = job.record.path.value_or("");
    job.source = path == "-"        ? slurm::ScriptSource::standard_input
                 : path == "--wrap" ? slurm::ScriptSource::wrap
                                    : slurm::ScriptSource::file;
    if (job.source == slurm::ScriptSource::file) job.script_path = path;
  }

  [[nodiscard]] util::Result<void> find_script(MappedJob& job) const {
    const auto& place = job.record.script;
    const auto room = m_script.size() - m_data;
    if (place.offset > room || place.length > room - place.offset)
      return util::fail(damaged_script("a job's script is not in it"));
    job.script_offset = m_data + place.offset;
    job.script_length = place.length;
    job.script_escaped = place.plain.has_value();
    job.script_sum = place.sum;
    return {};
  }

  /// If all jobs' files have one pattern, the array's own option says it.
  void fill_pattern(Stream stream, MappedJob& job) const {
    auto& pattern = stream == Stream::output ? job.output : stream == Stream::error ? job.error : job.input;
    if (pattern) return;
    const auto* option = m_map.option(stream_name(stream));
    if (option != nullptr) pattern = option->value;
  }

  const Map& m_map;
  std::string_view m_script;
  std::size_t m_data;
  slurm::OpenMode m_open_mode = slurm::OpenMode::site_default;
  std::string m_directory;
};

}  // namespace

std::optional<std::uint32_t> MappedJob::local_id(std::uint32_t index) const {
  return ids ? std::optional(ids->nth(index - first_index)) : std::nullopt;
}

std::optional<std::uint32_t> MappedJob::index_of(std::optional<std::uint32_t> local) const {
  if (!local || !ids) return local || ids ? std::nullopt : std::optional(first_index);
  auto index = first_index;
  for (const auto& range : ids->ranges()) {
    if (*local >= range.first && *local <= range.last && (*local - range.first) % range.step == 0)
      return index + (*local - range.first) / range.step;
    index += range.count();
  }
  return std::nullopt;
}

const MappedOption* Map::option(std::string_view option_name) const {
  const auto found = std::find_if(options.begin(), options.end(), [&](const auto& option) { return option.name == option_name; });
  return found != options.end() ? &*found : nullptr;
}

std::string Map::indices_text() const { return std::to_string(first_index()) + " to " + std::to_string(end_index() - 1); }

const MappedJob* Map::job_at(std::uint32_t index) const {
  const auto above = std::upper_bound(jobs.begin(), jobs.end(), index,
                                      [](std::uint32_t i, const MappedJob& job) { return i < job.first_index; });
  if (above == jobs.begin() || !std::prev(above)->has_index(index)) return nullptr;
  return &*std::prev(above);
}

util::Result<std::string> unpack_script(std::string script) {
  TRY(const auto head, read_head(script));
  const auto pieces = head.variables.find("SARRAY_PIECES");
  if (pieces == head.variables.end() || pieces->second.empty()) return script;
  auto plain = unpack(std::string_view(script).substr(head.data));
  if (!plain) return util::fail(damaged_script("its data cannot be unpacked"));
  script.resize(head.data);
  return script + *plain;
}

namespace {

void fill_commands(std::vector<MappedJob>& jobs, std::string_view script) {
  std::map<std::size_t, std::string> texts;  // by where they are: jobs may share one
  std::vector<slurm::ScriptText> scripts;
  for (const auto& job : jobs) {
    std::string_view text;
    if (job.source != slurm::ScriptSource::file) {
      auto& stored = texts[job.script_offset];
      if (stored.empty()) stored = stored_script(job, script);
      text = stored;
    }
    scripts.push_back({job.source, text});
  }
  auto commands = slurm::find_commands(scripts);
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].command = std::move(commands[i]);
}

}  // namespace

util::Result<Map> read_map(std::string_view script) {
  TRY(auto head, read_head(script));
  TRY(const auto pages, find_pages(script, head));
  Map map;
  map.options = std::move(head.options);
  if (const auto* name = map.option("job-name"); name != nullptr) map.name = name->value.value_or("");
  map.link_folder = head.variables["SARRAY_LINKS"];
  map.submission_folder = head.variables["SARRAY_SCRATCH"];
  TRY(map.names, read_names(head.variables));
  for (std::string_view ids = head.variables["SARRAY_RETRY_OF"]; !ids.empty();) {
    const auto id = take_until(ids, ' ');
    if (!id.empty() && id.find_first_not_of("0123456789") == std::string_view::npos) map.retry_of.emplace_back(id);
  }
  std::vector<Record> records;
  PageReader reader;
  for (const auto page : pages) {
    if (!reader.read(page, records)) return util::fail(damaged_script("its table is damaged"));
  }
  if (records.empty()) return util::fail(damaged_script("it has no jobs"));
  const JobReader jobs(map, script, head.data);
  for (auto& record : records) {
    map.tasks += record.tasks;
    TRY(auto job, jobs.read(record));
    map.jobs.push_back(std::move(job));
  }
  fill_commands(map.jobs, script);
  return map;
}

util::Result<std::string> read_script(const MappedJob& job, std::string_view script) {
  auto bytes = stored_script(job, script);
  if (util::posix_cksum(bytes) != job.script_sum)
    return util::fail(damaged_script("it is damaged or was edited: the checksum of a job's script does not match"));
  return bytes;
}

bool is_same_data(std::string_view script, std::string_view other) {
  const auto data = [](std::string_view text) { return text.substr(std::min(text.find(last_line), text.size())); };
  return data(script).starts_with(data(other)) || data(other).starts_with(data(script));
}

std::size_t find_batch_script(std::string_view text) {
  const auto at = text.find(first_line);
  return at == 0 || (at != std::string_view::npos && text[at - 1] == '\n') ? at : std::string_view::npos;
}

}  // namespace sarray::script
