#include "slurm/language/command_line.hpp"

#include <fcntl.h>
#include <getopt.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "util/fd.hpp"

namespace sarray::slurm {

namespace {

/// The codes of long options begin above every letter.
constexpr int first_code = 0x200;

int arity_of(const OptionSpec& spec) {
  switch (spec.arity) {
    case Arity::none:
      return no_argument;
    case Arity::required:
      return required_argument;
    case Arity::optional:
      break;
  }
  return optional_argument;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

}  // namespace

const OptionSpec* resolve_alias(const OptionSpec* spec) {
  if (spec->name == "cluster") return find_option("clusters");
  if (spec->name == "tasks-per-node") return find_option("ntasks-per-node");
  return spec;
}

namespace {

/// Returns an option's place in sbatch's own table, which is alphabetical except for these. getopt lists what an abbreviation may
/// mean in that order.
std::string_view place_in_table(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> moved[] = {{"bb", "begin+"},
                                                                     {"bbf", "begin++"},
                                                                     {"resources", "requeue+"},
                                                                     {"cluster-constraint", "c"},
                                                                     {"constraint", "contiguous+"},
                                                                     {"usage", "version+"}};
  for (const auto& [option, place] : moved) {
    if (name == option) return place;
  }
  return name;
}

/// @param long_options ends with getopt's empty one.
void sort_as_sbatch(std::vector<::option>& long_options) {
  std::stable_sort(long_options.begin(), std::prev(long_options.end()), [](const ::option& one, const ::option& other) {
    return place_in_table(one.name) < place_in_table(other.name);
  });
}

}  // namespace

std::string getopt_complaint(const std::vector<std::string>& words, const std::string& letters, const ::option* long_options) {
  const util::Fd memory(::memfd_create("getopt", MFD_CLOEXEC));
  const util::Fd saved(::fcntl(2, F_DUPFD_CLOEXEC, 3));
  if (!memory.is_open() || !saved.is_open()) return words[0] + ": bad option\n";
  std::fflush(stderr);
  ::dup2(memory.get(), 2);
  auto argv = pointers(words);
  optind = 0;
  opterr = 1;
  int code = 0;
  while (code != -1 && code != '?') {
    code = ::getopt_long(static_cast<int>(words.size()), argv.data(), letters.c_str(), long_options, nullptr);
  }
  std::fflush(stderr);
  ::dup2(saved.get(), 2);
  ::lseek(memory.get(), 0, SEEK_SET);
  return util::read_all(memory.get(), "getopt").value_or("");
}

WordParser::WordParser(const Dialect& dialect) : m_dialect(dialect) {
  const auto& options = dialect.options();
  m_long_options.reserve(options.size() + 1);
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto* spec = options[i];
    auto code = first_code + static_cast<int>(i);
    // This is the only alias with the same code as its option in sbatch, so an abbreviation of both is not ambiguous.
    if (spec->name == "tasks-per-node") {
      code = first_code + static_cast<int>(std::find(options.begin(), options.end(), resolve_alias(spec)) - options.begin());
    }
    // The names end with a zero: they are literals of the table, or std::strings of the dialect.
    m_long_options.push_back({spec->name.data(), arity_of(*spec), nullptr, code});
    if (spec->letter == 0) continue;
    m_letters += spec->letter;
    m_letters.append(spec->arity == Arity::none ? "" : spec->arity == Arity::required ? ":" : "::");
  }
  m_long_options.push_back({nullptr, 0, nullptr, 0});
}

const OptionSpec* WordParser::find_by_code(int code) const {
  const auto& options = m_dialect.options();
  if (code >= first_code) return options[static_cast<std::size_t>(code - first_code)];
  const auto found = std::find_if(options.begin(), options.end(), [code](const auto* spec) { return spec->letter == code; });
  return found != options.end() ? *found : nullptr;
}

ParsedWords WordParser::parse(const std::vector<std::string>& words) const {
  auto argv = pointers(words);
  ParsedWords parsed;
  optind = 0;  // GNU getopt: starts again, and reads the '+' of the letters
  opterr = 0;
  while (true) {
    const int code =
        ::getopt_long(static_cast<int>(words.size()), argv.data(), m_letters.c_str(), m_long_options.data(), nullptr);
    if (code == -1) break;
    const auto* spec = code == '?' ? nullptr : find_by_code(code);
    if (spec == nullptr) {
      util::Error error;
      auto in_order = m_long_options;  // only getopt's messages depend on the order
      sort_as_sbatch(in_order);
      error.body = getopt_complaint(words, m_letters, in_order.data()) + "Try \"sbatch --help\" for more information\n";
      error.status = 255;
      parsed.error = std::move(error);
      return parsed;
    }
    parsed.options.push_back(
        {spec, optarg != nullptr ? std::optional<std::string>(optarg) : std::nullopt, static_cast<std::size_t>(optind)});
  }
  parsed.operand = static_cast<std::size_t>(optind);
  return parsed;
}

}  // namespace sarray::slurm
