#include "slurm/language/foreign_directives.hpp"

#include <getopt.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <string>
#include <vector>

#include "slurm/language/command_line.hpp"
#include "slurm/language/directive.hpp"
#include "slurm/language/text.hpp"
#include "slurm/language/validate.hpp"

namespace sarray::slurm {

namespace {

constexpr int lines_to_scan = 100;  // that are not comments

struct OtherLines {
  bool found = false;
  std::vector<std::string> words = {"sbatch"};
  std::vector<std::uint32_t> lines = {0};  ///< of each word
};

util::Result<OtherLines> collect(std::string_view script, std::string_view mark, std::string_view file, const Release& release) {
  OtherLines result;
  int commands = 0;
  for (std::uint32_t number = 1; !script.empty(); ++number) {
    const auto line = take_line(script);
    if (!line.starts_with(mark)) {
      if (!line.starts_with('#') && ++commands > lines_to_scan) break;
      continue;
    }
    result.found = true;
    TRY(auto words, cut_words(line.substr(mark.size()), file, number, release));
    for (auto& word : words) {
      // A long name of bsub after one dash, but only if sbatch expects an option here.
      if (mark == "#BSUB" && result.words.size() % 2 == 1 && word == "-cwd") word = "-c";
      result.words.push_back(std::move(word));
      result.lines.push_back(number);
    }
  }
  return result;
}

/// A resource of PBS that is an option of sbatch.
struct Resource {
  std::string_view key;     ///< with its '='
  std::string_view option;  ///< empty: skipped with its value
  char separator = ',';
  bool any_case = false;
  bool size = false;
};
constexpr Resource resources[] = {
    {"arch=", ""},
    {"cput=", "time"},
    {"file=", "tmp", ',', false, true},
    {"host=", ""},
    {"mem=", "mem", ',', false, true},
    {"mpiprocs=", "ntasks-per-node", ':', true},
    {"ncpus=", "mincpus", ':', true},
    {"nice=", "nice"},
    {"opsys=", ""},
    {"other=", ""},
    {"pcput=", "time"},
    {"pmem=", ""},
    {"pvmem=", ""},
    {"select=", "nodes", ':', true},
    {"software=", ""},
    {"vmem=", ""},
    {"walltime=", "time"},
};

/// Sets sbatch's options from one other system's words.
class ForeignReader {
 public:
  ForeignReader(Settings& settings, const OtherLines& given) : m_settings(settings), m_given(given) {}

  using Take = util::Result<void> (ForeignReader::*)(int letter, const std::string& value);

  util::Result<void> read(const char* letters, const ::option* long_options, Take take) {
    std::vector<char*> argv;
    for (const auto& word : m_given.words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    optind = 0;
    opterr = 0;
    while (true) {
      const int code = ::getopt_long(static_cast<int>(m_given.words.size()), argv.data(), letters, long_options, nullptr);
      if (code == -1) break;
      if (code == '?') {
        auto error = make_fault("Unrecognized command line parameter ?", failure_status_of_caller);
        error.body.insert(0, getopt_complaint(m_given.words, letters, long_options));
        return util::fail(std::move(error));
      }
      m_line = m_given.lines[std::min<std::size_t>(static_cast<std::size_t>(optind), m_given.lines.size()) - 1];
      CHECK_OK((this->*take)(code, optarg != nullptr ? optarg : ""));
      if (m_settings.ends_at_once) return {};
    }
    const auto rest = static_cast<std::size_t>(optind);
    if (rest >= m_given.words.size()) return {};
    return util::fail(make_fault("Invalid argument: " + m_given.words[rest], failure_status_of_caller));
  }

  util::Result<void> take_bsub(int letter, const std::string& value) {
    switch (letter) {
      case 'c':
        return set("chdir", value);
      case 'e':
        return set("error", value);
      case 'J':
        return set("job-name", value);
      case 'o':
        return set("output", value);
      case 'q':
        return set("partition", value);
      case 'W':
        return set("time", value);
      case 'x':
        return set("exclusive", std::nullopt);
      case 'M':
        return set("mem-per-cpu", !value.empty() && is_digit(value.back()) ? value + "K" : value);
      case 'm': {
        auto hosts = value;
        std::replace(hosts.begin(), hosts.end(), ' ', ',');
        return set("nodelist", hosts);
      }
      case 'n': {
        const auto comma = value.find(',');  // MIN,MAX
        const auto count = comma == std::string::npos ? value : value.substr(comma + 1);
        if (!count.empty() || comma == std::string::npos) return set("ntasks", count);
        return util::fail(make_fault("#BSUB -n format not correct given: '" + value + "'", failure_status_of_caller));
      }
      default:
        return {};
    }
  }

  util::Result<void> take_pbs(int letter, const std::string& value) {
    switch (letter) {
      case 'a':
        return set("begin", value);
      case 'A':
        return set("account", value);
      case 'e':
        return set("error", value);
      case 'o':
        return set("output", value);
      case 'h':
        return set("hold", std::nullopt);
      case 'J':
      case 't':
        return set("array", value);
      case 'l':
        return take_resources(value);
      case 'm':
        return take_mail(value);
      case 'M':
        return set("mail-user", value);
      case 'N':
        return set("job-name", value);
      case 'p':
        return set("nice", value);
      case 'q':
        return set("partition", value);
      case 'v': {
        const auto* exported = m_settings.find("export");
        return set("export", exported != nullptr ? exported->value + "," + value : value);
      }
      case 'W':
        return take_attribute(value);
      default:
        return {};  // -c -C -I -j -k -r -S -u -V -z mean nothing to sbatch
    }
  }

  [[nodiscard]] std::uint32_t unknown_line() const { return m_unknown_line; }

 private:
  util::Result<void> set(std::string_view option, std::optional<std::string> value) {
    return apply_option(m_settings, *find_option(option), std::move(value), Source{Source::Kind::script, m_line, {}});
  }

  util::Result<void> take_mail(const std::string& letters) {
    const auto has = [&](const char* either) { return letters.find_first_of(either) != std::string::npos; };
    if (has("nN")) return set("mail-type", "NONE");
    std::string words;
    const auto add = [&](const char* word) { words += (words.empty() ? "" : ",") + std::string(word); };
    if (has("bB")) add("BEGIN");
    if (has("eE")) add("END");
    if (has("aA")) add("FAIL");
    return set("mail-type", words);
  }

  util::Result<void> take_attribute(const std::string& value) {
    if (starts_ignoring_case(value, "depend=")) return set("dependency", value.substr(7));
    if (!starts_ignoring_case(value, "umask=")) return {};
    const auto mask = leading_number(std::string_view(value).substr(6), 0).value;
    if (mask < 0 || mask > 0777) return util::fail(make_fault("Invalid -W umask= specification", 255));
    if (m_unknown_line == 0) m_unknown_line = m_line;
    return {};
  }

  /// Removes the text up to the separator, and the separator; returns the text.
  std::string take_value(std::string_view& rest, std::string_view separators) {
    const auto end = std::min(rest.find_first_of(separators), rest.size());
    std::string value(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return value;
  }

  /// Returns a sum that cannot overflow: no cluster has so many of anything, and sbatch refuses it later.
  static long long add(long long a, long long b) {
    constexpr long long max = 1000000000;
    return std::clamp(a + std::clamp(b, -max, max), -max, max);
  }

  /// nodes=2:ppn=4:gpus=1+n3
  util::Result<void> take_nodes(std::string_view rest) {
    long long tasks_per_node = 0;
    long long nodes = 0;
    std::string hosts;
    while (!rest.empty()) {
      if (rest.starts_with("gpus=")) {
        rest.remove_prefix(5);
        CHECK_OK(set("gpus-per-node", take_value(rest, "+:")));
      } else if (rest.starts_with("ppn=")) {
        tasks_per_node = add(tasks_per_node, leading_number(rest.substr(4)).value);
        (void)take_value(rest, "+:");
      } else if (is_digit(rest.front())) {
        nodes = add(nodes, leading_number(rest).value);
        (void)take_value(rest, "+:");
      } else if (std::isalpha(static_cast<unsigned char>(rest.front())) != 0) {
        hosts += (hosts.empty() ? "" : ",") + take_value(rest, "+:");
      } else {
        rest.remove_prefix(1);
      }
    }
    if (nodes != 0) CHECK_OK(set("nodes", std::to_string(nodes)));
    if (tasks_per_node != 0) CHECK_OK(set("ntasks", std::to_string(tasks_per_node * std::max(nodes, 1LL))));
    return hosts.empty() ? util::Result<void>{} : set("nodelist", hosts);
  }

  /// Torque writes 4gb, Slurm wants 4g.
  static std::string without_byte(std::string size) {
    if (!size.empty() && to_lower(size.back()) == 'b') size.pop_back();
    return size;
  }

  util::Result<void> take_resources(std::string_view rest) {
    long long gpus = 0;
    unsigned select_parts = 0;  // of PBS Pro: select, ncpus, mpiprocs
    while (!rest.empty()) {
      const auto known = std::find_if(std::begin(resources), std::end(resources), [&](const Resource& row) {
        return row.any_case ? starts_ignoring_case(rest, row.key) : rest.starts_with(row.key);
      });
      if (known != std::end(resources)) {
        rest.remove_prefix(known->key.size());
        auto value = take_value(rest, std::string_view(&known->separator, 1));
        if (known->size) value = without_byte(std::move(value));
        if (known->any_case) select_parts |= known->key == "select=" ? 1U : known->key == "ncpus=" ? 2U : 4U;
        if (!known->option.empty()) CHECK_OK(set(known->option, value));
      } else if (starts_ignoring_case(rest, "accelerator=")) {
        rest.remove_prefix(12);
        if (starts_ignoring_case(rest, "true") && gpus < 1) gpus = 1;
      } else if (starts_ignoring_case(rest, "naccelerators=")) {
        rest.remove_prefix(14);
        CHECK_OK(take_accelerators(take_value(rest, ","), gpus));
      } else if (rest.starts_with("nodes=")) {
        rest.remove_prefix(6);
        CHECK_OK(take_nodes(take_value(rest, ",")));
      } else if (rest.starts_with("proc=")) {
        rest.remove_prefix(5);
        auto value = take_value(rest, ",");
        if (const auto* constraint = m_settings.find("constraint")) value += "," + constraint->value;
        CHECK_OK(set("constraint", value));
        (void)take_value(rest, ",");  // sbatch skips one more resource
      } else {
        rest.remove_prefix(1);
      }
    }
    return finish_resources(select_parts, gpus);
  }

  util::Result<void> take_accelerators(const std::string& value, long long& gpus) {
    const auto number = leading_number(value);
    if (number.end != value.size() || number.value <= 0) {
      return util::fail(make_fault("Invalid numeric value \"" + value + "\" for naccelerators.", 1));
    }
    gpus = number.value;
    return {};
  }

  util::Result<void> finish_resources(unsigned select_parts, long long gpus) {
    const auto number_of = [&](const char* option) {
      const auto* setting = m_settings.find(option);
      return setting != nullptr ? leading_number(setting->value).value : 0;
    };
    const auto cpus = number_of("mincpus");
    const auto tasks = number_of("ntasks-per-node");
    if (select_parts == 7 && cpus > tasks && tasks > 0) CHECK_OK(set("cpus-per-task", std::to_string(cpus / tasks)));
    if (gpus <= 0) return {};
    const auto* gres = m_settings.find("gres");
    return set("gres", (gres != nullptr ? gres->value + "," : "") + "gpu:" + std::to_string(gpus));
  }

  Settings& m_settings;
  const OtherLines& m_given;
  std::uint32_t m_line = 0;
  std::uint32_t m_unknown_line = 0;
};

constexpr ::option bsub_options[] = {
    {"cwd", required_argument, nullptr, 'c'},          {"error_file", required_argument, nullptr, 'e'},
    {"job_name", required_argument, nullptr, 'J'},     {"hostname", required_argument, nullptr, 'm'},
    {"memory_limit", required_argument, nullptr, 'M'}, {"output_file", required_argument, nullptr, 'o'},
    {"queue_name", required_argument, nullptr, 'q'},   {"time", required_argument, nullptr, 'W'},
    {"exclusive", no_argument, nullptr, 'x'},          {nullptr, 0, nullptr, 0}};

constexpr ::option pbs_options[] = {{"start_time", required_argument, nullptr, 'a'},
                                    {"account", required_argument, nullptr, 'A'},
                                    {"checkpoint", required_argument, nullptr, 'c'},
                                    {"working_dir", required_argument, nullptr, 'C'},
                                    {"error", required_argument, nullptr, 'e'},
                                    {"hold", no_argument, nullptr, 'h'},
                                    {"interactive", no_argument, nullptr, 'I'},
                                    {"join", optional_argument, nullptr, 'j'},
                                    {"job_array", required_argument, nullptr, 'J'},
                                    {"keep", required_argument, nullptr, 'k'},
                                    {"resource_list", required_argument, nullptr, 'l'},
                                    {"mail_options", required_argument, nullptr, 'm'},
                                    {"mail_user_list", required_argument, nullptr, 'M'},
                                    {"job_name", required_argument, nullptr, 'N'},
                                    {"out", required_argument, nullptr, 'o'},
                                    {"priority", required_argument, nullptr, 'p'},
                                    {"destination", required_argument, nullptr, 'q'},
                                    {"rerunable", required_argument, nullptr, 'r'},
                                    {"script_path", required_argument, nullptr, 'S'},
                                    {"array", required_argument, nullptr, 't'},
                                    {"running_user", required_argument, nullptr, 'u'},
                                    {"variable_list", required_argument, nullptr, 'v'},
                                    {"all_env", no_argument, nullptr, 'V'},
                                    {"attributes", required_argument, nullptr, 'W'},
                                    {"no_std", no_argument, nullptr, 'z'},
                                    {nullptr, 0, nullptr, 0}};

struct OtherSystem {
  std::string_view mark;
  const char* letters;
  const ::option* long_options;
  ForeignReader::Take take;
};

}  // namespace

bool may_have_foreign_directives(std::string_view script) {
  int commands = 0;
  while (!script.empty()) {
    const auto line = take_line(script);
    if (line.starts_with("#PBS") || line.starts_with("#BSUB")) return true;
    if (!line.starts_with('#') && ++commands > lines_to_scan) return false;
  }
  return false;
}

ForeignDirectives read_foreign_directives(Settings& settings, std::string_view script, std::string_view file,
                                          const Release& release) {
  const OtherSystem systems[] = {
      {"#BSUB", "+c:e:J:m:M:n:o:q:W:x", bsub_options, &ForeignReader::take_bsub},
      {"#PBS", "+a:A:c:C:e:hIj:J:k:l:m:M:N:o:p:q:r:S:t:u:v:VW:z", pbs_options, &ForeignReader::take_pbs},
  };
  ForeignDirectives result;
  for (const auto& system : systems) {
    const auto given = collect(script, system.mark, file, release);
    if (!given) {
      result.error = given.error();
      return result;
    }
    if (!given->found) continue;
    ForeignReader reader(settings, *given);
    if (auto done = reader.read(system.letters, system.long_options, system.take); !done) {
      result.error = std::move(done).error();
    }
    result.unknown_line = reader.unknown_line();
    return result;
  }
  return result;
}

}  // namespace sarray::slurm
