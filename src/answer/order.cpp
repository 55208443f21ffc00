#include "answer/order.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <numeric>
#include <optional>
#include <string_view>

#include "util/parse.hpp"

namespace sarray::answer {

namespace {

/// One letter of --sort.
struct SortBy {
  char letter = 0;
  bool is_descending = false;
};

struct SortKey {
  double number = 0;
  std::string text;
  auto operator<=>(const SortKey&) const = default;
};

std::vector<SortBy> read_sort(std::string_view text) {
  std::vector<SortBy> keys;
  bool is_descending = false;
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) keys.push_back({c, is_descending});
    is_descending = c == '-';
  }
  return keys;
}

double as_number(const std::string& text) {
  if (text == "UNLIMITED") return std::numeric_limits<double>::max();
  return static_cast<double>(util::to_number<std::int64_t>(text).value_or(0));
}

/// Minutes of "1-02:00:00" or "5:00".
double as_minutes(std::string_view text) {
  if (text == "UNLIMITED") return std::numeric_limits<double>::max();
  const auto dash = text.find('-');
  const auto days = dash == std::string_view::npos ? 0 : util::to_number<std::uint32_t>(text.substr(0, dash)).value_or(0);
  auto rest = dash == std::string_view::npos ? text : text.substr(dash + 1);
  double seconds = 0;
  while (!rest.empty()) seconds = seconds * 60 + util::to_number<std::uint32_t>(util::take_until(rest, ':')).value_or(0);
  return days * 1440.0 + seconds / 60;
}

SortKey key_of(const SortBy& by, const RecordedJob& job, const Defaults& defaults) {
  constexpr std::string_view numbers = "ACDFUcimy";
  constexpr std::string_view limits = "lL";
  if (by.letter == 't' || by.letter == 'T') return {0, job.state == RecordedState::pending ? "PD" : "CA"};
  if (by.letter == 'i' || by.letter == 'A' || by.letter == 'F') return {static_cast<double>(job.id), {}};
  if (by.letter == 'p' || by.letter == 'Q') {
    if (job.job->find("hold") != nullptr) return {};
    return {5e9 - static_cast<double>(job.id) - as_number(queue_value(job, "nice", defaults).value_or("0")), {}};
  }
  const auto format = read_letters(std::string("%") + by.letter);
  auto value = format ? queue_value(job, format->columns.front().field, defaults).value_or("") : std::string();
  if (limits.find(by.letter) != std::string_view::npos) return {as_minutes(value), {}};
  if (numbers.find(by.letter) != std::string_view::npos) return {as_number(value), {}};
  return {0, value == "N/A" ? std::string() : std::move(value)};
}

}  // namespace

std::vector<std::size_t> order_recorded(const QueueQuestion& question, const std::vector<const RecordedJob*>& jobs,
                                        const Defaults& defaults) {
  const auto sort = read_sort(question.sort);
  std::vector<std::vector<SortKey>> keys;
  keys.reserve(jobs.size());
  for (const auto* job : jobs) {
    auto& own = keys.emplace_back();
    for (const auto& by : sort) own.push_back(key_of(by, *job, defaults));
  }
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.rbegin(), order.rend(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
    for (std::size_t i = 0; i < sort.size(); ++i) {
      if (keys[one][i] == keys[other][i]) continue;
      return (keys[one][i] < keys[other][i]) != sort[i].is_descending;
    }
    return false;
  });
  return order;
}

}  // namespace sarray::answer
