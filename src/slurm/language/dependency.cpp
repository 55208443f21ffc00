#include "slurm/language/dependency.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "slurm/language/array_ids.hpp"
#include "slurm/language/text.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

using Type = DependencyType;

/// Slurm compares no more than the first eleven characters.
constexpr std::array<std::pair<std::string_view, Type>, 7> words = {{{"after:", Type::after},
                                                                     {"afterany:", Type::afterany},
                                                                     {"afterok:", Type::afterok},
                                                                     {"afternotok:", Type::afternotok},
                                                                     {"aftercorr:", Type::aftercorr},
                                                                     {"expand:", Type::expand},
                                                                     {"afterburstb", Type::afterburstbuffer}}};
constexpr std::string_view singleton_word = "singleton";
constexpr std::uint32_t size_limit = 4000001;  ///< the largest MaxArraySize

/// Reads the conditions of one text, piece by piece.
class Reader {
 public:
  Reader(std::string_view text, const Release& release) : m_rest(text), m_is_strict(release >= Release{25, 11}) {}

  std::optional<ShownDependency> read() {
    while (true) {
      if (!read_term()) return std::nullopt;
      if (!m_rest.starts_with(',') && !m_rest.starts_with('?')) break;
      if (m_is_strict && m_separator != 0 && m_separator != m_rest.front()) return std::nullopt;
      m_separator = m_rest.front();
      m_dependency.any = m_dependency.any || m_separator == '?';
      m_rest.remove_prefix(1);
    }
    if (m_is_strict && !m_rest.empty()) return std::nullopt;
    return std::move(m_dependency);
  }

 private:
  /// @return false if it is wrong.
  bool read_term() {
    if (starts_ignoring_case(m_rest, singleton_word)) {
      m_rest.remove_prefix(singleton_word.size());
      bool has_failed = false;
      if (!read_state(has_failed)) return false;
      add({{Type::singleton, 0, std::nullopt, 0}, has_failed});
      return m_rest.empty() || m_rest.front() == ',' || m_rest.front() == '?';
    }
    for (const auto& [word, type] : words) {
      if (!starts_ignoring_case(m_rest, word)) continue;
      const auto colon = m_rest.find(':');
      if (colon == std::string_view::npos) return false;
      m_rest.remove_prefix(colon + 1);
      return read_jobs(type);
    }
    return read_number();
  }

  /// The old form, a number without a type.
  bool read_number() {
    if (m_rest.empty() || !is_digit(m_rest.front())) return false;
    const auto end = m_rest.find_first_of(":,?");
    if (end != std::string_view::npos && m_rest[end] == ':') return false;
    return read_jobs(Type::afterany);
  }

  bool read_jobs(Type type) {
    while (true) {
      if (!read_job(type)) return false;
      if (!m_rest.starts_with(':')) return true;
      m_rest.remove_prefix(1);
    }
  }

  bool read_job(Type type) {
    const auto number = leading_number(m_rest);
    ShownCondition condition{{type, static_cast<std::uint32_t>(number.value), std::nullopt, 0}};
    if (condition.job == 0) return false;
    m_rest.remove_prefix(number.end);
    std::vector<std::uint32_t> tasks;
    if (!read_tasks(tasks) || !is_at_end_of_job() || !read_minutes(condition.minutes) || !read_state(condition.has_failed))
      return false;
    if (tasks.empty()) add(condition);
    for (const auto task : tasks) {
      condition.task = task;
      add(condition);
    }
    return true;
  }

  /// @param tasks empty afterwards: the whole job.
  bool read_tasks(std::vector<std::uint32_t>& tasks) {
    if (!m_rest.starts_with('_')) return true;
    m_rest.remove_prefix(1);
    if (m_rest.starts_with('*')) {
      m_rest.remove_prefix(1);
      return true;
    }
    if (m_rest.starts_with('[')) return read_list(tasks);
    const auto number = leading_number(m_rest);
    if (number.end == 0) return false;
    tasks.push_back(static_cast<std::uint32_t>(number.value));
    m_rest.remove_prefix(number.end);
    return true;
  }

  /// Whether a job's id, with its task, has ended: without brackets Slurm takes one index, and refuses "1_1-3".
  bool is_at_end_of_job() const {
    constexpr std::string_view ends = ",?:+(";
    return m_rest.empty() || ends.find(m_rest.front()) != std::string_view::npos;
  }

  bool read_list(std::vector<std::uint32_t>& tasks) {
    const auto end = m_rest.find(']');
    if (end == std::string_view::npos) return false;
    const auto list = m_rest.substr(1, end - 1);
    if (list.find('%') != std::string_view::npos) return false;
    m_rest.remove_prefix(end + 1);
    if (list.find(':') != std::string_view::npos) return read_steps(list, tasks);
    const auto ids = ArrayIds::parse(list, size_limit);
    if (!ids || !*ids) return false;
    for (std::uint32_t i = 0; i < (*ids)->count(); ++i) tasks.push_back((*ids)->nth(i));
    return true;
  }

  /// "0-9:3": tasks 0, 3 and 6. Unlike in --array the last one is never among them, and nothing may stand beside it (observed on
  /// 22.05, 24.11 and 26.05).
  static bool read_steps(std::string_view list, std::vector<std::uint32_t>& tasks) {
    const auto first = util::to_number<std::uint32_t>(util::take_until(list, '-'));
    const auto last = util::to_number<std::uint32_t>(util::take_until(list, ':'));
    const auto step = util::to_number<std::uint32_t>(list);
    if (!first || !last || !step || *step == 0 || *first >= *last || *last >= size_limit) return false;
    for (std::uint64_t task = *first; task < *last; task += *step) tasks.push_back(static_cast<std::uint32_t>(task));
    return true;
  }

  bool read_minutes(std::uint32_t& minutes) {
    if (!m_rest.starts_with('+')) return true;
    const auto number = leading_number(m_rest.substr(1));
    if (number.value <= 0) return false;
    minutes = static_cast<std::uint32_t>(number.value);
    m_rest.remove_prefix(1 + number.end);
    return true;
  }

  bool read_state(bool& has_failed) {
    if (!m_rest.starts_with('(')) return true;
    const auto end = m_rest.find(')');
    if (end == std::string_view::npos) return false;
    has_failed = m_rest.substr(0, end) == "(failed";
    m_rest.remove_prefix(end + 1);
    return true;
  }

  void add(const ShownCondition& condition) {
    auto& conditions = m_dependency.conditions;
    // Slurm leaves out what it has already. A long list is one of tasks, which differ.
    constexpr std::size_t short_list = 64;
    if (conditions.size() <= short_list && std::find(conditions.begin(), conditions.end(), condition) != conditions.end()) return;
    conditions.push_back(condition);
  }

  std::string_view m_rest;
  bool m_is_strict;
  char m_separator = 0;
  ShownDependency m_dependency;
};

}  // namespace

std::string_view dependency_word(DependencyType type) {
  switch (type) {
    case Type::after:
      return "after";
    case Type::afterany:
      return "afterany";
    case Type::afterok:
      return "afterok";
    case Type::afternotok:
      return "afternotok";
    case Type::aftercorr:
      return "aftercorr";
    case Type::afterburstbuffer:
      return "afterburstbuffer";
    case Type::expand:
      return "expand";
    case Type::singleton:
      break;
  }
  return singleton_word;
}

std::optional<Dependency> parse_dependency(std::string_view text, const Release& release) {
  const auto shown = Reader(text, release).read();
  if (!shown) return std::nullopt;
  return Dependency{{shown->conditions.begin(), shown->conditions.end()}, shown->any};
}

std::optional<ShownDependency> parse_shown_dependency(std::string_view text) { return Reader(text, Release{}).read(); }

std::string format_condition(const Condition& condition) {
  std::string text(dependency_word(condition.type));
  if (condition.type == Type::singleton) return text;
  text += ":" + std::to_string(condition.job);
  if (condition.task) text += "_" + std::to_string(*condition.task);
  if (condition.minutes > 0) text += "+" + std::to_string(condition.minutes);
  return text;
}

std::string format_dependency(const Dependency& dependency) {
  std::string text;
  for (const auto& condition : dependency.conditions) {
    if (!text.empty()) text += dependency.any ? '?' : ',';
    text += format_condition(condition);
  }
  return text;
}

bool is_refused_if_unknown(DependencyType type, const Release& release) {
  return release >= Release{23, 2} && (type == Type::afterok || type == Type::afternotok);
}

}  // namespace sarray::slurm
