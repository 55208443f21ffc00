// Times as sbatch reads them: durations, and moments such as "now+1hour", "16:00" and "2030-01-02T03:04".
#include <array>

#include "slurm/language/text.hpp"
#include "slurm/language/validate.hpp"

namespace sarray::slurm {

bool is_duration(std::string_view value) {
  const auto word = lower(value);
  if (word == "-1" || word == "infinite" || word == "unlimited") return true;
  int runs = 0;  // of digits
  int dashes = 0;
  int colons = 0;
  bool in_digits = false;
  for (const char c : value) {
    if (is_digit(c)) {
      runs += in_digits ? 0 : 1;
      in_digits = true;
      continue;
    }
    in_digits = false;
    if (c == ':') {
      ++colons;
    } else if (c == '-' && colons == 0) {
      ++dashes;
    } else {
      return false;
    }
  }
  if (runs == 0 || dashes > 1 || colons > 2) return false;
  return colons == 0 || runs > colons + dashes;
}

namespace {

/// Reads a text as parse_time.c does, with the same positions, since they are part of the message.
class MomentReader {
 public:
  MomentReader(std::string_view text, const Release& release) : m_text(text), m_release(release) {}

  /// @return false if sbatch complains; position() is then the one that it names.
  bool read() {
    if (starts_ignoring_case(m_text, "uts")) return read_uts();
    for (; at(m_position) != 0 && at(m_position) != '\n'; ++m_position) {
      const char c = at(m_position);
      if (c == ' ' || c == '\t' || c == '-' || c == 'T') continue;
      if (take_word()) continue;
      if (here("now")) {
        if (!read_now()) return false;
        continue;
      }
      if (!is_digit(c)) return false;
      const bool clock = at(m_position + 1) == ':' || at(m_position + 2) == ':';
      if (clock ? !read_clock() : !read_date()) return false;
      m_any = true;
    }
    return true;
  }

  [[nodiscard]] std::size_t position() const { return m_position; }
  [[nodiscard]] bool any() const { return m_any; }  ///< whether anything was given

 private:
  [[nodiscard]] char at(std::size_t i) const { return i < m_text.size() ? m_text[i] : '\0'; }
  [[nodiscard]] bool here(std::string_view word) const {
    return m_position <= m_text.size() && starts_ignoring_case(m_text.substr(m_position), word);
  }

  bool read_uts() {
    const auto digits = m_text.substr(3);
    const auto number = leading_number(digits);
    m_any = true;
    return number.value >= 1000000 && number.end == digits.size();
  }

  bool take_word() {
    for (const std::string_view word : {"today", "tomorrow", "midnight", "noon", "fika", "teatime", "elevenses"}) {
      if (!here(word) || (word == "elevenses" && m_release < Release{24, 5})) continue;
      m_position += word.size() - 1;
      return m_any = true;
    }
    return false;
  }

  /// "now", "now+COUNT[unit]". sbatch adds the position of the sign to the position of "now", which is right only if "now" is at
  /// the very beginning.
  bool read_now() {
    m_any = true;
    for (std::size_t i = m_position + 3;; ++i) {
      const char c = at(i);
      if (c == '+' || c == '-') {
        m_position += i;
        return read_delta();
      }
      if (c == ' ' || c == '\t') continue;
      const bool end = c == 0 || c == '\n';
      m_position += end ? i - 1 : i;
      return end;
    }
  }

  bool read_delta() {
    static constexpr std::array<std::string_view, 10> units = {"seconds", "second", "minutes", "minute", "hours",
                                                               "hour",    "days",   "day",     "weeks",  "week"};
    bool any_digit = false;
    std::size_t offset = m_position + 1;
    bool unit_read = false;
    for (; !unit_read && at(offset) != 0 && at(offset) != '\n'; offset += unit_read ? 0 : 1) {
      if (is_blank(at(offset))) continue;
      for (const auto unit : units) {
        if (unit_read || !starts_ignoring_case(m_text.substr(offset), unit)) continue;
        offset += unit.size();
        unit_read = true;
      }
      if (unit_read) break;
      if (!is_digit(at(offset))) {
        m_position = offset - 1;
        return false;
      }
      any_digit = true;
    }
    if (!any_digit) return false;
    m_position = offset - 1;
    return true;
  }

  /// Reads one or two digits. @return -1 if there is none.
  int take_digits(std::size_t& offset) const {
    if (!is_digit(at(offset))) return -1;
    int number = at(offset++) - '0';
    if (is_digit(at(offset))) number = number * 10 + (at(offset++) - '0');
    return number;
  }

  bool fail_at(std::size_t offset) {
    m_position = offset;
    return false;
  }

  /// Reads exactly two digits, up to `max`. @return false with the position set.
  bool take_pair(std::size_t& offset, int max) {
    for (int i = 0; i < 2; ++i) {
      if (!is_digit(at(offset + static_cast<std::size_t>(i)))) return fail_at(offset + static_cast<std::size_t>(i));
    }
    const int number = take_digits(offset);
    return number <= max || fail_at(offset - 2);
  }

  /// HH:MM[:SS] [AM|PM]
  bool read_clock() {
    std::size_t offset = m_position;
    if (at(offset + 1) != ':' && !is_digit(at(offset + 1))) return fail_at(offset + 1);
    int hour = take_digits(offset);
    if (hour > 23) return fail_at(offset - 2);
    if (at(offset) != ':') return fail_at(offset);
    if (!take_pair(++offset, 59)) return false;
    if (at(offset) == ':' && !take_pair(++offset, 59)) return false;
    while (is_blank(at(offset))) ++offset;
    const auto rest = m_text.substr(std::min(offset, m_text.size()));
    if (starts_ignoring_case(rest, "pm")) {
      if (hour > 12) return fail_at(offset);
      offset += 2;
    } else if (starts_ignoring_case(rest, "am")) {
      if (hour > 12) return fail_at(offset);
      offset += 2;
    }
    m_position = offset - 1;
    return true;
  }

  /// Reads a number of one or two digits from 1 to `max`; if `lax`, the first character is not checked.
  bool take_part(std::size_t& offset, int max, bool lax) {
    if (!lax && !is_digit(at(offset))) return fail_at(offset);
    int number = at(offset++) - '0';
    if (is_digit(at(offset))) number = number * 10 + (at(offset++) - '0');
    return (number >= 1 && number <= max) || fail_at(offset - 2);
  }

  /// YYYY-MM-DD, MMDD[YY], MM/DD[/YY], MM.DD[.YY]
  bool read_date() {
    std::size_t offset = m_position;
    if (m_text.size() >= offset + 7 && at(offset + 4) == '-' && at(offset + 7) == '-') {
      for (int i = 0; i < 4; ++i, ++offset) {
        if (!is_digit(at(offset))) return fail_at(offset);
      }
      if (!take_part(++offset, 12, true) || !take_part(++offset, 31, false)) return false;
      m_position = offset - 1;
      return true;
    }
    if (!take_part(offset, 12, true)) return false;
    if (at(offset) == '.' || at(offset) == '/') ++offset;
    if (!take_part(offset, 31, false)) return false;
    if (at(offset) == '.' || at(offset) == '/') ++offset;
    if (is_digit(at(offset)) && !is_digit(at(offset + 1))) return fail_at(offset + 1);
    if (is_digit(at(offset))) offset += 2;
    m_position = offset - 1;
    return true;
  }

  std::string_view m_text;
  Release m_release;
  std::size_t m_position = 0;
  bool m_any = false;
};

}  // namespace

Fault check_moment(const OptionSpec& option, std::string_view value, const Release& release) {
  MomentReader reader(value, release);
  const bool read = reader.read();
  if (read && reader.any()) return std::nullopt;
  auto error = make_fault("Invalid --" + std::string(option.name) + " specification", 255);
  if (!read) {
    error.body.insert(0, "Invalid time specification (pos=" + std::to_string(static_cast<long long>(reader.position())) +
                             "): " + std::string(value) + "\n");
  }
  return error;
}

}  // namespace sarray::slurm
