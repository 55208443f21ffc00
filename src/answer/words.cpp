#include "answer/words.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "slurm/language/virtual_id.hpp"

namespace sarray::answer {

namespace {

using slurm::Tool;

enum class Takes : std::uint8_t { nothing, value, maybe };

struct Known {
  std::string_view name;  ///< by which this program calls it
  char letter = 0;
  Takes takes = Takes::nothing;
  std::string_view alias_of = {};
};

constexpr auto none = Takes::nothing;
constexpr auto one = Takes::value;
constexpr auto maybe = Takes::maybe;

constexpr std::array squeue_options = {
    Known{"account", 'A', one},
    Known{"accounts", 0, one, "account"},
    Known{"all", 'a', none},
    Known{"array", 'r', none},
    Known{"array-unique", 0, none},
    Known{"clusters", 'M', one},
    Known{"expand-patterns", 0, none},
    Known{"federation", 0, none},
    Known{"Format", 'O', one},
    Known{"format", 'o', one},
    Known{"help", 0, none},
    Known{"helpFormat", 0, none},
    Known{"hide", 0, none},
    Known{"iterate", 'i', one},
    Known{"job", 'j', maybe},
    Known{"jobs", 0, maybe, "job"},
    Known{"json", 0, maybe},
    Known{"licenses", 'L', one},
    Known{"local", 0, none},
    Known{"long", 'l', none},
    Known{"me", 0, none},
    Known{"name", 'n', one},
    Known{"nodelist", 'w', one},
    Known{"nodes", 0, one, "nodelist"},
    Known{"noconvert", 0, none},
    Known{"noheader", 'h', none},
    Known{"notme", 0, none},
    Known{"only-job-state", 0, none},
    Known{"partition", 'p', one},
    Known{"partitions", 0, one, "partition"},
    Known{"priority", 'P', none},
    Known{"qos", 'q', one},
    Known{"reservation", 'R', one},
    Known{"sibling", 0, none},
    Known{"sort", 'S', one},
    Known{"start", 0, none},
    Known{"states", 't', one},
    Known{"state", 0, one, "states"},
    Known{"step", 's', maybe},
    Known{"steps", 0, maybe, "step"},
    Known{"usage", 0, none},
    Known{"user", 'u', one},
    Known{"users", 0, one, "user"},
    Known{"verbose", 'v', none},
    Known{"version", 'V', none},
    Known{"yaml", 0, maybe},
};

constexpr std::array sacct_options = {
    Known{"accounts", 'A', one},
    Known{"allclusters", 'L', none},
    Known{"allocations", 'X', none},
    Known{"allusers", 'a', none},
    Known{"array", 0, none},
    Known{"associations", 'x', one},
    Known{"batch-script", 'B', none},
    Known{"brief", 'b', none},
    Known{"clusters", 'M', one},
    Known{"cluster", 0, one, "clusters"},
    Known{"completion", 'c', none},
    Known{"constraints", 'C', one},
    Known{"delimiter", 0, one},
    Known{"duplicates", 'D', none},
    Known{"endtime", 'E', one},
    Known{"env-vars", 0, none},
    Known{"expand-patterns", 0, none},
    Known{"federation", 0, none},
    Known{"file", 'f', one},
    Known{"flags", 'F', one},
    Known{"format", 'o', one},
    Known{"gid", 'g', one},
    Known{"group", 0, one, "gid"},
    Known{"help", 'h', none},
    Known{"helpformat", 'e', none},
    Known{"jobs", 'j', one},
    Known{"json", 0, maybe},
    Known{"local", 0, none},
    Known{"long", 'l', none},
    Known{"name", 0, one},
    Known{"ncpus", 'I', one},
    Known{"nnodes", 'i', one},
    Known{"noconvert", 0, none},
    Known{"nodelist", 'N', one},
    Known{"noheader", 'n', none},
    Known{"parsable", 'p', none},
    Known{"parsable2", 'P', none},
    Known{"partition", 'r', one},
    Known{"qos", 'q', one},
    Known{"reason", 'R', one},
    Known{"starttime", 'S', one},
    Known{"state", 's', one},
    Known{"timelimit-max", 'K', one},
    Known{"timelimit-min", 'k', one},
    Known{"truncate", 'T', none},
    Known{"uid", 'u', one},
    Known{"units", 0, one},
    Known{"usage", 0, none},
    Known{"user", 0, one, "uid"},
    Known{"verbose", 'v', none},
    Known{"version", 'V', none},
    Known{"wckeys", 'W', one},
    Known{"whole-hetjob", 0, maybe},
    Known{"yaml", 0, maybe},
};

constexpr std::array scancel_options = {
    Known{"account", 'A', one},
    Known{"admin-comment", 0, one},
    Known{"batch", 'b', none},
    Known{"clusters", 'M', one},
    Known{"cluster", 0, one, "clusters"},
    Known{"cron", 'c', none},
    Known{"ctld", 0, none},
    Known{"full", 'f', none},
    Known{"help", 0, none},
    Known{"hurry", 'H', none},
    Known{"interactive", 'i', none},
    Known{"jobname", 0, one, "name"},
    Known{"me", 0, none},
    Known{"name", 'n', one},
    Known{"nodelist", 'w', one},
    Known{"partition", 'p', one},
    Known{"qos", 'q', one},
    Known{"quiet", 'Q', none},
    Known{"reservation", 'R', one},
    Known{"sibling", 0, one},
    Known{"signal", 's', one},
    Known{"state", 't', one},
    Known{"usage", 0, none},
    Known{"user", 'u', one},
    Known{"verbose", 'v', none},
    Known{"version", 'V', none},
    Known{"wckey", 0, one},
};

constexpr std::array scontrol_options = {
    Known{"all", 'a', none},      Known{"autocomplete", 0, one}, Known{"cluster", 0, one, "clusters"},
    Known{"clusters", 'M', one},  Known{"details", 'd', none},   Known{"future", 'F', none},
    Known{"federation", 0, none}, Known{"help", 'h', none},      Known{"hide", 0, none},
    Known{"json", 0, maybe},      Known{"local", 0, none},       Known{"oneliner", 'o', none},
    Known{"quiet", 'Q', none},    Known{"sibling", 0, none},     Known{"uid", 'u', one},
    Known{"usage", 0, none},      Known{"verbose", 'v', none},   Known{"version", 'V', none},
    Known{"yaml", 0, maybe},
};

std::span<const Known> options_of(Tool tool) {
  switch (tool) {
    case Tool::squeue:
      return squeue_options;
    case Tool::sacct:
      return sacct_options;
    case Tool::scancel:
      return scancel_options;
    case Tool::scontrol:
      return scontrol_options;
    case Tool::sattach:
    case Tool::sstat:
    case Tool::srun:
      break;
  }
  return {};
}

std::string_view full_name(const Known& known) { return known.alias_of.empty() ? known.name : known.alias_of; }

/// Returns the option that a long name, perhaps abbreviated, means; null if it means none, or several.
const Known* find_long(std::span<const Known> known, std::string_view name) {
  const Known* found = nullptr;
  for (const auto& option : known) {
    if (option.name == name) return &option;
    if (!option.name.starts_with(name)) continue;
    if (found != nullptr && full_name(*found) != full_name(option)) return nullptr;
    found = &option;
  }
  return found;
}

const Known* find_letter(std::span<const Known> known, char letter) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& option) { return option.letter == letter; });
  return found != known.end() ? &*found : nullptr;
}

class Reader {
 public:
  Reader(Tool tool, const std::vector<std::string>& words) : m_known(options_of(tool)), m_words(words) {}

  Words read() {
    for (; m_at < m_words.size() && m_result.unknown.empty(); ++m_at) {
      const auto& word = m_words[m_at];
      if (word == "--") {
        m_result.operands.insert(m_result.operands.end(), m_words.begin() + static_cast<std::ptrdiff_t>(m_at) + 1, m_words.end());
        break;
      }
      if (word.starts_with("--")) {
        take_long(word);
      } else if (word.size() > 1 && word[0] == '-') {
        take_letters(word);
      } else {
        m_result.operands.push_back(word);
      }
    }
    return std::move(m_result);
  }

 private:
  void take_long(const std::string& word) {
    const auto equals = word.find('=');
    const auto* known = find_long(m_known, std::string_view(word).substr(2, equals == std::string::npos ? equals : equals - 2));
    if (known == nullptr || (equals != std::string::npos && known->takes == none)) {
      m_result.unknown = word;
      return;
    }
    if (equals != std::string::npos) return add(*known, word.substr(equals + 1));
    if (known->takes != one) return add(*known, std::nullopt);
    take_next(*known, word);
  }

  void take_letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto* known = find_letter(m_known, word[i]);
      if (known == nullptr) {
        m_result.unknown = word;
        return;
      }
      if (known->takes == none) {
        add(*known, std::nullopt);
      } else if (i + 1 < word.size()) {
        return add(*known, word.substr(i + 1));
      } else if (known->takes == maybe) {
        add(*known, std::nullopt);
      } else {
        return take_next(*known, word);
      }
    }
  }

  void take_next(const Known& known, const std::string& word) {
    if (m_at + 1 < m_words.size()) {
      add(known, m_words[++m_at]);
    } else {
      m_result.unknown = word;
    }
  }

  void add(const Known& known, std::optional<std::string> value) {
    // squeue takes the word after a lone -j or -s for its list, if it is one (opts.c: it looks at the next word itself).
    const bool is_list = known.takes == maybe && (full_name(known) == "job" || full_name(known) == "step");
    if (is_list && !value && m_at + 1 < m_words.size() && !m_words[m_at + 1].starts_with('-')) value = m_words[++m_at];
    m_result.options.push_back({full_name(known), std::move(value)});
  }

  std::span<const Known> m_known;
  const std::vector<std::string>& m_words;
  std::size_t m_at = 0;
  Words m_result;
};

bool any_names_virtual_id(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const auto& word) { return names_virtual_id(word); });
}

bool has_any(const Words& words, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](auto name) { return words.has(name); });
}

/// Whether a list of ids is given, so that what has other ids is not in the answer.
bool has_ids(const Words& words, std::string_view name) {
  const auto* ids = words.value(name);
  return ids != nullptr && !ids->empty();
}

bool shows_jobs(const Words& words) {
  const auto& operands = words.operands;
  if (operands.empty()) return false;
  const std::string_view verb = operands[0];
  const auto begins = [&](std::string_view full, std::size_t shortest) {
    return verb.size() >= shortest && full.starts_with(verb);
  };
  if (begins("show", 3)) return operands.size() == 2 && std::string_view("jobs").starts_with(operands[1]);
  if (begins("listpids", 5)) return false;
  return std::any_of(operands.begin() + 1, operands.end(), [](const auto& word) {
    const auto equals = word.find('=');
    std::string key = word.substr(0, equals);
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return equals != std::string::npos && (key == "jobname" || key == "name");
  });
}

}  // namespace

bool Words::has(std::string_view name) const {
  return std::any_of(options.begin(), options.end(), [&](const auto& option) { return option.name == name; });
}

const std::string* Words::value(std::string_view name) const {
  const auto found = std::find_if(options.rbegin(), options.rend(), [&](const auto& option) { return option.name == name; });
  return found != options.rend() && found->value ? &*found->value : nullptr;
}

Words read_words(Tool tool, const std::vector<std::string>& words) { return Reader(tool, words).read(); }

std::vector<std::string> write_words(const std::vector<Option>& options, const std::vector<std::string>& operands) {
  std::vector<std::string> words;
  for (const auto& option : options)
    words.push_back("--" + std::string(option.name) + (option.value ? "=" + *option.value : std::string()));
  words.insert(words.end(), operands.begin(), operands.end());
  return words;
}

bool names_virtual_id(std::string_view text) {
  constexpr std::size_t digits = 10;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 0; i + digits <= text.size(); ++i) {
    if (!is_digit(text[i]) || (i > 0 && is_digit(text[i - 1]))) continue;
    std::size_t end = i;
    std::uint64_t number = 0;
    while (end < text.size() && end - i <= digits && is_digit(text[end]))
      number = number * 10 + static_cast<unsigned>(text[end++] - '0');
    if (end - i == digits && slurm::is_virtual_id(number)) return true;
  }
  return false;
}

bool may_concern_ours(Tool tool, const std::vector<std::string>& words) {
  if (any_names_virtual_id(words)) return true;
  if (tool == Tool::sattach || tool == Tool::sstat || tool == Tool::srun) return false;
  const auto read = read_words(tool, words);
  if (!read.unknown.empty() || has_any(read, {"help", "usage", "version", "helpformat", "helpFormat", "completion"}))
    return false;
  switch (tool) {
    case Tool::squeue:
      return !has_ids(read, "job") && !has_ids(read, "step");
    case Tool::sacct:
      return !has_ids(read, "jobs");
    case Tool::scancel:
      return read.operands.empty() &&
             has_any(read, {"account", "me", "name", "nodelist", "partition", "qos", "reservation", "state", "user", "wckey"});
    default:
      return shows_jobs(read);
  }
}

}  // namespace sarray::answer
