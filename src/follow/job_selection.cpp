#include "follow/job_selection.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "slurm/language/virtual_id.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/shell_quote.hpp"

namespace sarray::follow {

namespace {

enum class Kind : std::uint8_t { number, id, name, pattern };

struct KindWord {
  Kind kind;
  std::string_view prefix;
};
constexpr std::array<KindWord, 4> kind_words = {
    {{Kind::number, "number:"}, {Kind::id, "id:"}, {Kind::name, "name:"}, {Kind::pattern, "pattern:"}}};

std::string_view prefix_of(Kind kind) {
  return std::find_if(kind_words.begin(), kind_words.end(), [&](const auto& word) { return word.kind == kind; })->prefix;
}

/// One way to understand a word, and the places of the jobs that it means then.
struct Reading {
  Kind kind = Kind::name;
  std::string word;  ///< without the prefix
  std::vector<std::size_t> jobs;
};

class JobFinder {
 public:
  JobFinder(const JobList& jobs, const std::string& hint) : m_jobs(jobs), m_hint(hint) {}

  /// @return the places of the jobs that a word means; never none.
  [[nodiscard]] util::Result<std::vector<std::size_t>> find(const std::string& word) const {
    auto readings = exact_readings(word);
    if (readings.empty()) readings = {{Kind::pattern, word, find_pattern(word)}};
    const auto& first = readings.front();
    for (const auto& reading : readings) {
      if (reading.jobs != first.jobs) return util::fail(ambiguous(word, first, reading));
    }
    if (!first.jobs.empty()) return first.jobs;
    return util::fail(explain_none(word));
  }

 private:
  /// Returns the readings that mean a job. A word that says its kind has that reading, and is a name only if a job has all of it.
  [[nodiscard]] std::vector<Reading> exact_readings(const std::string& word) const {
    std::vector<Reading> readings;
    const auto add = [&](Kind kind, const std::string& text, std::vector<std::size_t> jobs) {
      if (!jobs.empty()) readings.push_back({kind, text, std::move(jobs)});
    };
    for (const auto& [kind, prefix] : kind_words) {
      if (word.starts_with(prefix)) add(kind, word.substr(prefix.size()), find_as(kind, word.substr(prefix.size())));
    }
    add(Kind::number, word, find_numbers(word));
    add(Kind::id, word, find_id(word));
    add(Kind::name, word, find_name(word));
    return readings;
  }

  [[nodiscard]] std::vector<std::size_t> find_as(Kind kind, const std::string& word) const {
    switch (kind) {
      case Kind::number:
        return find_numbers(word);
      case Kind::id:
        return find_id(word);
      case Kind::name:
        return find_name(word);
      case Kind::pattern:
        break;
    }
    return find_pattern(word);
  }

  template <class Condition>
  [[nodiscard]] std::vector<std::size_t> find_if(const Condition& condition) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < m_jobs.size(); ++i) {
      if (condition(*m_jobs[i])) found.push_back(i);
    }
    return found;
  }
  [[nodiscard]] std::vector<std::size_t> find_numbers(const std::string& word) const {
    const auto numbers = read_numbers(word);
    if (!numbers) return {};
    return find_if([&](const auto& job) { return std::binary_search(numbers->begin(), numbers->end(), job.number); });
  }
  [[nodiscard]] std::vector<std::size_t> find_id(const std::string& word) const {
    return find_if([&](const auto& job) { return job.id >= slurm::first_virtual_id && std::to_string(job.id) == word; });
  }
  [[nodiscard]] std::vector<std::size_t> find_name(const std::string& word) const {
    return find_if([&](const auto& job) { return job.name == word; });
  }
  [[nodiscard]] std::vector<std::size_t> find_pattern(const std::string& word) const {
    return find_if([&](const auto& job) { return ::fnmatch(word.c_str(), job.name.c_str(), 0) == 0; });
  }

  [[nodiscard]] util::Result<std::vector<std::uint32_t>> read_numbers(const std::string& word) const {
    std::uint32_t max = 0;
    for (const auto* job : m_jobs) max = std::max(max, job->number);
    return util::parse_job_numbers({word}, max, m_hint);
  }

  /// "job 3 by its number, and job 4 by its name".
  [[nodiscard]] std::string describe(const Reading& reading) const {
    constexpr std::size_t max_shown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(reading.jobs.size(), max_shown); ++i) {
      const auto& job = *m_jobs[reading.jobs[i]];
      text += (i > 0 ? ", " : "") + std::to_string(job.number) + " (" + util::shell_quote(job.name) + ")";
    }
    if (reading.jobs.size() > max_shown) text += " ...";
    const std::string_view kind = prefix_of(reading.kind);
    return (reading.kind == Kind::id ? "as an " : "as a ") + std::string(kind.substr(0, kind.size() - 1)) + " it means " +
           std::string(reading.jobs.size() == 1 ? "job " : "jobs ") + text;
  }

  [[nodiscard]] util::Error ambiguous(const std::string& word, const Reading& one, const Reading& other) const {
    const auto option = [&](const Reading& reading) {
      const auto said = std::string(prefix_of(reading.kind)) + reading.word;
      if (said != word) return "--job " + util::shell_quote(said);
      // It says its kind, and is refused all the same: only a number is left, and not in the same words.
      if (reading.kind == Kind::number) return "--job " + util::shell_quote(reading.word);
      return "--job number:" + util::join(reading.jobs, ",", [&](auto place) { return std::to_string(m_jobs[place]->number); });
    };
    return util::usage_error("--job " + word, describe(one) + ", " + describe(other), option(one) + ", or " + option(other));
  }

  [[nodiscard]] util::Error explain_none(const std::string& word) const {
    const auto prefix = prefix_of(Kind::number);
    const auto numbers_word = word.starts_with(prefix) ? word.substr(prefix.size()) : word;
    const bool is_list = !numbers_word.empty() && numbers_word.find_first_not_of("0123456789,-") == std::string::npos &&
                         numbers_word.front() >= '0' && numbers_word.front() <= '9' && !is_id(numbers_word);
    if (is_list) {
      if (const auto numbers = read_numbers(numbers_word); !numbers)
        return util::usage_error("--job " + word, numbers.error().why, numbers.error().hint);
    }
    return util::usage_error("--job " + word, "no job has that number, id or name",
                             "a job number, a virtual id, a name, or a pattern like 'train*'; " + m_hint + " shows them");
  }
  static bool is_id(const std::string& word) {
    const auto id = util::parse_number(word, "", slurm::first_virtual_id, "");
    return id.has_value();
  }

  const JobList& m_jobs;
  const std::string& m_hint;
};

}  // namespace

JobList jobs_of(const script::Map& map) {
  JobList jobs;
  for (const auto& job : map.jobs) jobs.push_back(&job);
  return jobs;
}

util::Result<JobList> select_jobs(const JobList& jobs, const std::vector<std::string>& words, const std::string& hint) {
  std::vector<bool> chosen(jobs.size(), words.empty());
  const JobFinder finder(jobs, hint);
  for (const auto& word : words) {
    TRY(const auto places, finder.find(word));
    for (const auto place : places) chosen[place] = true;
  }
  JobList selected;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (chosen[i]) selected.push_back(jobs[i]);
  }
  return selected;
}

}  // namespace sarray::follow
