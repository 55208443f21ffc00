#include "script/render.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <unordered_map>

#include "embedded/dispatch.hpp"
#include "embedded/dispatch_rest.hpp"
#include "script/own_script.hpp"
#include "script/pack.hpp"
#include "script/record.hpp"
#include "script/table.hpp"
#include "slurm/language/first_command.hpp"
#include "slurm/language/text.hpp"
#include "util/crc32.hpp"
#include "util/environment_names.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/shell_quote.hpp"
#include "util/user_text.hpp"

namespace sarray::script {

namespace {

/// Returns what separates a script from the next line. A carriage return must not get a newline after it: sbatch would refuse the
/// whole array for its DOS line breaks.
std::string_view filler_behind(std::string_view script) {
  if (script.ends_with('\n')) return "";
  return script.ends_with('\r') ? " \n" : "\n";
}

/// The distinct scripts of an array, byte for byte, and the offset of each in the data.
class ScriptStore {
 public:
  const ScriptPlace& add(const std::shared_ptr<const std::string>& script) {
    if (const auto known = m_by_identity.find(script.get()); known != m_by_identity.end()) return *known->second;
    return *m_by_identity.emplace(script.get(), &find_or_append(*script)).first->second;
  }
  [[nodiscard]] std::size_t size() const { return m_size; }
  void append_to(std::string& text) const {
    for (std::size_t i = 0; i < m_scripts.size(); ++i) {
      text.append(title_of(i + 1)).append(*m_scripts[i]).append(filler_behind(*m_scripts[i]));
    }
  }

 private:
  const ScriptPlace& find_or_append(const std::string& script) {
    const auto sum = util::posix_cksum(script);
    const auto [first, last] = m_by_sum.equal_range(sum);
    const auto known = std::find_if(first, last, [&](const auto& entry) { return *entry.second.script == script; });
    if (known != last) return known->second.place;
    const auto title = title_of(m_scripts.size() + 1);
    const bool plain = util::is_ascii(script);
    const auto& stored = plain ? script : m_escaped.emplace_back(util::escape_text(script));
    ScriptPlace place{m_size + title.size(), stored.size(), sum, std::nullopt};
    if (!plain) place.plain = script.size();
    m_scripts.push_back(&stored);
    m_size += title.size() + stored.size() + filler_behind(stored).size();
    return m_by_sum.emplace(sum, Known{&script, place})->second.place;
  }

  static std::string title_of(std::size_t number) { return "--- script " + std::to_string(number) + "\n"; }

  std::vector<const std::string*> m_scripts;  // kept alive by the plan's calls, or escaped ones
  std::deque<std::string> m_escaped;
  std::size_t m_size = 0;
  struct Known {
    const std::string* script;
    ScriptPlace place;
  };
  std::unordered_multimap<std::uint32_t, Known> m_by_sum;
  std::unordered_map<const std::string*, const ScriptPlace*> m_by_identity;
};

/// Quotes a value as the parser of #SBATCH lines reads it back in every release (opt.c:get_argument): a backslash takes the next
/// character as it is, in quotes too.
std::string quote_directive(std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(" \t\"'\\#") == std::string_view::npos;
  if (plain) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// Writes the options of the merged array: as #SBATCH lines if such a line can hold them, else as arguments of sbatch.
class OptionWriter {
 public:
  explicit OptionWriter(Rendered& rendered) : m_rendered(rendered) {}
  void add(std::string_view name, const std::optional<std::string>& value) {
    auto option = "--" + std::string(name);
    const bool fits = !value || value->find_first_of("\n\r\v\f") == std::string::npos;
    if (fits) {
      m_lines += "#SBATCH " + option + (value ? "=" + quote_directive(*value) : "") + "\n";
    } else {
      m_rendered.arguments.push_back(option + "=" + *value);
    }
  }
  [[nodiscard]] const std::string& lines() const { return m_lines; }

 private:
  Rendered& m_rendered;
  std::string m_lines;
};

std::string array_spec(const plan::MergedArray& array) {
  auto spec = std::to_string(array.first_index());
  if (array.tasks > 1) spec += "-" + std::to_string(array.first_index() + array.tasks - 1);
  if (array.throttle > 0) spec += "%" + std::to_string(array.throttle);
  return spec;
}

std::string write_options(const plan::MergedArray& array, const Baseline& baseline, Rendered& rendered) {
  OptionWriter writer(rendered);
  writer.add("array", array_spec(array));
  writer.add("job-name", array.name);
  writer.add("chdir", baseline.directory);
  for (const auto& stream : rendered.streams.streams) {
    if (stream.script_pattern) writer.add(stream_name(stream.stream), *stream.script_pattern);
  }
  if (rendered.streams.open_mode != slurm::OpenMode::site_default) {
    writer.add("open-mode", rendered.streams.open_mode == slurm::OpenMode::append ? "append" : "truncate");
  }
  // A list makes the node load the login environment, as the jobs' own --export does.
  writer.add("export", array.login ? "ALL,SARRAY_LOGIN=1" : "ALL");
  if (array.node_limits) writer.add("propagate", "NONE");
  for (const auto& setting : array.settings) {
    if (array.node_limits && setting.option->name == "propagate") continue;
    writer.add(setting.option->name, setting.has_value ? std::optional(setting.value) : std::nullopt);
  }
  return writer.lines();
}

/// The patterns that hold only for sarray's own submission: its links are not for who submits the script by hand.
void add_own_patterns(Rendered& rendered) {
  for (const auto& stream : rendered.streams.streams) {
    if (!stream.pattern || stream.pattern == stream.script_pattern) continue;
    rendered.arguments.push_back("--" + std::string(stream_name(stream.stream)) + "=" + *stream.pattern);
  }
}

/// What is different if somebody else than sarray submits the script.
constexpr const char* hand_words =
    "# Submitted by hand, with sbatch, it needs nothing of sarray. Then what all jobs share comes from the shell that submits it:\n"
    "# the environment, umask and limits; and %A and %a in the names of output files are the ids that squeue shows.\n";

/// Lists the jobs as a person reads them; of very many only the first: the data holds all, and `sarray which` reads it.
std::string write_overview(const plan::Plan& plan, const plan::MergedArray& array) {
  constexpr std::size_t max_rows = 20;  // bash reads them in each task
  std::vector<slurm::ScriptText> scripts;
  for (std::size_t i = 0; i < std::min(max_rows, array.placements.size()); ++i) {
    const auto& call = *plan.jobs[array.placements[i].job].call;
    scripts.push_back({call.source, *call.script});
  }
  const auto commands = slurm::find_commands(scripts);
  std::string text = "#   job  indices            name                 script and arguments\n";
  std::size_t rows = 0;
  for (const auto& placement : array.placements) {
    if (rows++ == max_rows) {
      text += "#   ... and " + util::count(array.placements.size() - max_rows, "more job") + "\n";
      break;
    }
    const auto& planned = plan.jobs[placement.job];
    auto indices = std::to_string(placement.first_index);
    if (planned.tasks() > 1) indices += "-" + std::to_string(placement.first_index + planned.tasks() - 1);
    if (planned.job.ids) indices += " = " + planned.job.ids->text();
    auto command = slurm::name_command(planned.call->source, commands[rows - 1]);
    if (command.empty()) command = planned.call->script_path;
    for (const auto& argument : planned.job.arguments) {
      if (command.size() > 200) break;
      command += " " + argument;
    }
    std::array<char, 96> head{};
    std::snprintf(head.data(), head.size(), "#%6u  %-17.60s  ", planned.number, util::printable(indices).c_str());
    text += head.data();
    text += util::fit(util::pad(util::printable(planned.job.name), 19) + "  " + util::printable(command), 160) + "\n";
  }
  return text;
}

/// Ends each part of the script that the dispatcher reads by itself: its rest, the scripts, the table.
constexpr char part_end = '\f';

/// What of the data is after so many bytes, bash does not read by itself: starting a process takes less time.
constexpr std::size_t near_bytes = 131072;

std::string page_list(const Table& table, std::size_t table_offset, std::uint32_t end_index) {
  std::string list;
  std::array<char, 32> line{};
  const auto add = [&](std::uint64_t index, std::size_t offset) {
    std::snprintf(line.data(), line.size(), "%09llu %010zu\n", static_cast<unsigned long long>(index), offset);
    list += line.data();
  };
  for (const auto& page : table.pages()) add(page.first_index, table_offset + page.offset);
  add(end_index, table_offset + table.text().size());
  return list;
}

using Names = std::set<std::string, std::less<>>;

void collect_variables(const JobRecord& record, Names& variables) {
  for (const auto& [kind, name, value] : record.variables) {
    if (kind != VariableKind::unset && kind != VariableKind::drop) variables.insert(name);
  }
}

std::string page_sums(const Table& table) {
  std::string sums;
  std::array<char, 16> line{};
  const auto& pages = table.pages();
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const auto end = i + 1 < pages.size() ? pages[i + 1].offset : table.text().size();
    const auto page = std::string_view(table.text()).substr(pages[i].offset, end - pages[i].offset);
    std::snprintf(line.data(), line.size(), "%010u\n", util::posix_cksum(page));
    sums += line.data();
  }
  return sums;
}

/// Eight pages in a file, which ends as the table does: as the dispatcher looks for them (share/dispatch/2-find.bash).
std::vector<std::string> write_page_files(const Table& table) {
  constexpr std::size_t pages_in_file = 8;
  std::vector<std::string> files;
  const auto& pages = table.pages();
  for (std::size_t i = 0; i < pages.size(); i += pages_in_file) {
    const auto end = i + pages_in_file < pages.size() ? pages[i + pages_in_file].offset : table.text().size();
    files.push_back(table.text().substr(pages[i].offset, end - pages[i].offset) + part_end);
  }
  return files;
}

std::string piece_list(const Packed& packed) {
  std::string list;
  std::array<char, 16> line{};
  for (const auto offset : packed.offsets) {
    std::snprintf(line.data(), line.size(), "%010zu\n", offset);
    list += line.data();
  }
  return list;
}

/// The dispatcher is one group of commands, which bash reads as a whole before it runs any: the file is written over meanwhile.
constexpr std::string_view group_begin = "{\n";
constexpr std::string_view group_end = "  exit 125\n}\n";

/// The dispatcher in its two parts, the list of pages, which bash takes four times as long to read in its head, and the line
/// after which the data begins.
std::string dispatcher(const std::string& lists) {
  return std::string(group_begin) + std::string(embedded::dispatch) + std::string(group_end) + part_end +
         std::string(embedded::dispatch_rest) + part_end + lists + part_end + "\nexit 125\n";
}

/// Returns the lines that say where the dispatcher's rest and the data begin. Their own length is fixed, so that the numbers in
/// them can name places after them.
constexpr std::size_t place_lines_length = 46;
std::string place_lines(std::size_t head, std::size_t dispatcher) {
  std::array<char, 64> lines{};
  const auto begin = head + place_lines_length;
  std::snprintf(lines.data(), lines.size(), "SARRAY_REST=%010zu\nSARRAY_DATA=%010zu\n",
                begin + group_begin.size() + embedded::dispatch.size() + group_end.size() + 1, begin + dispatcher);
  return lines.data();
}

/// Quotes a word for bash, in ASCII.
std::string quote_bash(std::string_view text) {
  std::string quoted = "'";
  if (!util::is_ascii(text)) {
    std::array<char, 8> octal{};
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      const bool special = byte >= 0x80 || c == '\'' || c == '\\';
      std::snprintf(octal.data(), octal.size(), special ? "\\%03o" : "%c", byte);
      quoted += octal.data();
    }
    return "$" + quoted + "'";
  }
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Rendered assemble(const plan::Plan& plan, const plan::MergedArray& array, const Baseline& baseline, ArrayStreams streams,
                  const RecordMaker& make, const plan::PlanOptions& options) {
  Rendered rendered;
  rendered.streams = std::move(streams);
  ScriptStore scripts;
  Table table;
  Names variables;
  for (std::size_t i = 0; i < array.placements.size(); ++i) {
    auto record = make(i);
    record.script = scripts.add(plan.jobs[array.placements[i].job].job.script);
    collect_variables(record, variables);
    table.add(encode(record));
  }
  table.finish();
  rendered.variables.insert(variables.begin(), variables.end());

  std::string head = "#!/bin/bash -p\n# " + util::count(array.placements.size(), "job") + " (" +
                     util::count(array.tasks, "task") + ") as one job array, merged by sarray " + options.sarray_version + ".\n" +
                     std::string(unsigned_line);
  const auto option_lines = write_options(array, baseline, rendered);
  add_own_patterns(rendered);
  head += option_lines + "#\n" + hand_words + "#\n" + write_overview(plan, array) + "\n";
  head += "SARRAY_FORMAT=" + std::to_string(script_format) + "\n";
  head += "SARRAY_RELEASE=" + std::to_string(options.release.year * 100 + options.release.month) + "\n";
  const bool any_links = std::any_of(rendered.streams.streams.begin(), rendered.streams.streams.end(),
                                     [](const auto& s) { return s.links != Links::none; });
  head += "SARRAY_FILE_NAMES=" + std::string(plan::names_word(options.names)) + "\n";
  head += "SARRAY_LINKS=" + quote_bash(any_links ? options.link_folder : "") + "\n";
  const bool any_translated =
      std::any_of(array.placements.begin(), array.placements.end(), [&](const auto& p) { return plan.jobs[p.job].translate; });
  if (any_translated) head += "SARRAY_TRANSLATE=" + quote_bash(options.translate_folder) + "\n";
  head += "SARRAY_SCRATCH=" + quote_bash(options.scratch_folder) + "\n";
  if (!options.retry_of.empty()) head += "SARRAY_RETRY_OF='" + util::join(options.retry_of, " ") + "'\n";
  // Again, for those who read the script from Slurm's accounting (map.hpp).
  if (!util::is_ascii(option_lines)) head += "SARRAY_OPTIONS=" + quote_bash(option_lines) + "\n";
  head += "SARRAY_PIECES='";
  const auto before_pieces = head.size();
  head += "'\n";
  const auto table_begin = scripts.size() + 1;
  head +=
      "SARRAY_TABLE=" + std::to_string(table_begin) + "\nSARRAY_END=" + std::to_string(table_begin + table.text().size()) + "\n";
  const auto tail = dispatcher("SARRAY_PAGES='" + page_list(table, table_begin, array.first_index() + array.tasks) +
                               "'\nSARRAY_SUMS='" + page_sums(table) + "'\n");
  const std::string end = std::string(1, part_end) + "end\n";
  auto& script = rendered.script;
  script.reserve(head.size() + place_lines_length + tail.size() + scripts.size() + 1 + table.text().size() + end.size());
  script.append(head).append(place_lines(head.size(), tail.size())).append(tail);
  const auto data_begin = script.size();
  scripts.append_to(script);
  script.append(1, part_end).append(table.text()).append(end);
  const bool is_packed = options.limits.known && script.size() >= options.limits.max_script_size;
  if (is_packed || table_begin + table.text().size() > near_bytes) rendered.page_files = write_page_files(table);
  if (is_packed) {
    const auto packed = pack(std::string_view(script).substr(data_begin));
    head.insert(before_pieces, piece_list(packed));
    script = head + place_lines(head.size(), tail.size()) + tail + packed.text;
  }
  sign_script(script);
  rendered.environment = baseline.submitted;
  if (const auto& folder = options.scratch_folder; !folder.empty()) {
    rendered.environment.set(util::submission_variable, folder.substr(folder.rfind('/') + 1));
  }
  rendered.umask = baseline.umask;
  rendered.limits = baseline.limits;
  rendered.directory = "/";
  return rendered;
}

util::Result<Rendered> render(const plan::Plan& plan, const plan::MergedArray& array, const plan::PlanOptions& options) {
  const auto streams = plan_streams(plan, array, options);
  const auto baseline = find_baseline(plan, array, streams, options);
  const auto make = [&](std::size_t number) {
    return make_record(plan, array, array.placements[number], baseline, streams, options);
  };
  return assemble(plan, array, baseline, streams, make, options);
}

}  // namespace sarray::script
