#include "queue/queue_file.hpp"

#include <glob.h>

#include <algorithm>
#include <cctype>

#include "util/shell_quote.hpp"

namespace sarray::queue {

namespace {

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// A word that is being read: its text, and the same text in which quoted characters cannot be part of a file name pattern.
struct Word {
  std::string text;
  std::string pattern;
  bool begun = false;        ///< '' is a word too
  bool has_pattern = false;  ///< an unquoted * ? or [
  bool last_quoted = false;
  std::size_t unquoted_prefix = 0;  ///< length of the unquoted beginning: NAME= must not be quoted

  /// Returns the length of NAME if the word begins with NAME=; else 0.
  [[nodiscard]] std::size_t assigned_name() const {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals >= unquoted_prefix || equals == 0 || !is_name_start(text[0])) return 0;
    const auto name = std::string_view(text).substr(0, equals);
    return std::all_of(name.begin(), name.end(), is_name_part) ? equals : 0;
  }

  void add_quoted(char c) {
    begun = last_quoted = true;
    text += c;
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  void add(char c) {
    if (text.size() == unquoted_prefix) ++unquoted_prefix;
    begun = true;
    last_quoted = false;
    has_pattern = has_pattern || c == '*' || c == '?' || c == '[';
    text += c;
    pattern += c;
  }
};

class Reader {
 public:
  Reader(std::string_view text, const std::string& name, const util::Environment& environment)
      : m_text(text), m_name(name), m_environment(environment) {}

  util::Result<std::vector<QueueLine>> read() {
    std::vector<QueueLine> lines;
    while (m_at < m_text.size()) {
      QueueLine line;
      line.line = m_line;
      CHECK_OK(read_line(line));
      if (line.words.empty() && line.assignments.empty()) continue;
      if (line.words.empty()) return error("a variable assignment without a call", line.line);
      if (line.words.front() != "sbatch" && !line.words.front().ends_with("/sbatch"))
        line.words.insert(line.words.begin(), "sbatch");
      line.words.front() = "sbatch";
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  [[nodiscard]] tl::unexpected<util::Error> error(const std::string& why, std::uint32_t line) const {
    util::Error result;
    result.what = m_name + ": line " + std::to_string(line);
    result.why = why;
    return util::fail(std::move(result));
  }
  [[nodiscard]] tl::unexpected<util::Error> no_shell(const std::string& what) const {
    auto result = error(what + " needs a shell, but this file is read line by line, one sbatch call each", m_line).value();
    result.hint = "quote it, or run the " + std::string(m_name == "-" ? "calls" : "file") +
                  " as a script: " + command_to_run(m_text, m_name);
    return util::fail(std::move(result));
  }

  [[nodiscard]] bool done() const { return m_at >= m_text.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0'; }

  util::Result<void> read_line(QueueLine& line) {
    Word word;
    while (!done()) {
      const char c = peek();
      if (c == '\n') {
        ++m_at;
        ++m_line;
        break;
      }
      if (is_blank(c) || c == '\r') {
        ++m_at;
        finish(word, line);
      } else if (c == '#' && !word.begun) {
        m_at = std::min(m_text.find('\n', m_at), m_text.size());
      } else {
        CHECK_OK(read_part(word, line));
      }
    }
    finish(word, line);
    return {};
  }

  /// Reads one character or quoted part of a word.
  util::Result<void> read_part(Word& word, QueueLine& line) {
    const char c = peek();
    if (c == '\0') return error("a NUL byte", m_line);
    if (std::string_view("|&;<>()`").find(c) != std::string_view::npos) return no_shell(std::string("'") + c + "'");
    ++m_at;
    switch (c) {
      case '\'':
        return read_single(word);
      case '"':
        return read_double(word);
      case '$':
        return read_dollar(word, line, false);
      case '{':
        return read_brace(word);
      case '~':
        read_tilde(word);
        return {};
      case '\\':
        if (peek() == '\n') {
          ++m_at;
          ++m_line;
        } else if (!done()) {
          word.add_quoted(m_text[m_at++]);
        }
        return {};
      default:
        word.add(c);
        return {};
    }
  }

  util::Result<void> read_single(Word& word) {
    const auto begun = m_line;
    word.begun = word.last_quoted = true;
    while (!done() && peek() != '\'') take_quoted(word);
    if (done()) return error("unterminated '", begun);
    ++m_at;
    return {};
  }

  void take_quoted(Word& word) {
    if (peek() == '\n') ++m_line;
    word.add_quoted(m_text[m_at++]);
  }

  util::Result<void> read_double(Word& word) {
    const auto begun = m_line;
    word.begun = word.last_quoted = true;
    QueueLine unused;
    while (!done() && peek() != '"') {
      const char c = peek();
      if (c == '`') return no_shell("'`'");
      if (c == '$') {
        ++m_at;
        CHECK_OK(read_dollar(word, unused, true));
      } else if (c == '\\' && std::string_view("$`\"\\\n").find(peek(1)) != std::string_view::npos && m_at + 1 < m_text.size()) {
        ++m_at;
        if (peek() == '\n') {
          ++m_at;
          ++m_line;
        } else {
          take_quoted(word);
        }
      } else {
        take_quoted(word);
      }
    }
    if (done()) return error("unterminated \"", begun);
    ++m_at;
    return {};
  }

  /// Reads what follows a '$'.
  util::Result<void> read_dollar(Word& word, QueueLine& line, bool quoted) {
    if (peek() == '\'' && !quoted) {
      ++m_at;
      return read_ansi(word);
    }
    if (peek() == '"' && !quoted) {
      ++m_at;
      return read_double(word);
    }
    if (peek() == '(' || peek() == '[') return no_shell(std::string("'$") + peek() + "'");
    std::string name;
    if (peek() == '{') {
      const auto end = m_text.find('}', m_at);
      name = m_text.substr(m_at + 1, end == std::string_view::npos ? 0 : end - m_at - 1);
      if (name.empty() || !is_name_start(name[0]) || !std::all_of(name.begin(), name.end(), is_name_part))
        return no_shell("'${'");
      m_at = end + 1;
    } else {
      while (name.empty() ? is_name_start(peek()) : is_name_part(peek())) name += m_text[m_at++];
      if (name.empty() && !done() && std::string_view("@*#?-$!0123456789").find(peek()) != std::string_view::npos)
        return no_shell(std::string("'$") + peek() + "'");
    }
    if (name.empty()) {
      word.add_quoted('$');
      return {};
    }
    const auto value = m_environment.get(name).value_or("");
    for (const char c : value) {
      if (!quoted && (is_blank(c) || c == '\n')) {
        finish(word, line);
      } else if (quoted) {
        word.add_quoted(c);
      } else {
        word.add(c);
        word.unquoted_prefix = 0;  // the value of a variable is not an assignment
      }
    }
    return {};
  }

  /// $'...'
  util::Result<void> read_ansi(Word& word) {
    const auto begun = m_line;
    word.begun = word.last_quoted = true;
    while (!done() && peek() != '\'') {
      if (peek() != '\\' || m_at + 1 >= m_text.size()) {
        take_quoted(word);
        continue;
      }
      m_at += 2;
      read_escape(word, m_text[m_at - 1]);
    }
    if (done()) return error("unterminated $'", begun);
    ++m_at;
    return {};
  }

  void read_escape(Word& word, char c) {
    constexpr std::string_view letters = "abeEfnrtv\\'\"?";
    constexpr std::string_view values = "\a\b\033\033\f\n\r\t\v\\'\"?";
    if (const auto known = letters.find(c); known != std::string_view::npos) return word.add_quoted(values[known]);
    const auto number = [&](int base, int max, unsigned value) {
      for (int digits = 0; digits < max && !done(); ++digits) {
        const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(peek())));
        const auto digit = std::string_view("0123456789abcdef").substr(0, static_cast<std::size_t>(base)).find(lower);
        if (digit == std::string_view::npos) break;
        value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
        ++m_at;
      }
      return value;
    };
    if (c >= '0' && c <= '7') return word.add_quoted(static_cast<char>(number(8, 2, static_cast<unsigned>(c - '0'))));
    if (c == 'x') return word.add_quoted(static_cast<char>(number(16, 2, 0)));
    if (c == 'u' || c == 'U') return add_utf8(word, number(16, c == 'u' ? 4 : 8, 0));
    word.add_quoted('\\');
    word.add_quoted(c);
  }

  static void add_utf8(Word& word, unsigned code) {
    const auto add = [&](unsigned byte) { word.add_quoted(static_cast<char>(byte)); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
      add(0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        add(0xe0 | code >> 12);
      } else {
        add(0xf0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3f));
      }
      add(0x80 | (code >> 6 & 0x3f));
    }
    add(0x80 | (code & 0x3f));
  }

  /// bash expands {a,b} and {1..3}, and leaves other braces alone.
  util::Result<void> read_brace(Word& word) {
    const auto end = m_text.find_first_of(" \t\n", m_at);
    const auto rest = m_text.substr(m_at, end == std::string_view::npos ? end : end - m_at);
    const auto close = rest.find('}');
    const auto inside = rest.substr(0, close);
    if (close != std::string_view::npos &&
        (inside.find(',') != std::string_view::npos || inside.find("..") != std::string_view::npos)) {
      return no_shell("'{" + std::string(inside) + "}'");
    }
    word.add('{');
    return {};
  }

  void read_tilde(Word& word) {
    // Also after the = of NAME=, and after each : in its value, as in bash.
    const auto name = word.assigned_name();
    const bool in_value = name > 0 && !word.last_quoted && (word.text.size() == name + 1 || word.text.back() == ':');
    const bool whole =
        done() || is_blank(peek()) || peek() == '/' || peek() == '\n' || peek() == '\r' || (in_value && peek() == ':');
    const auto home = m_environment.get("HOME");
    if ((word.begun && !in_value) || !whole || !home) return word.add('~');
    for (const char c : *home) word.add_quoted(c);
  }

  /// Ends the word, if one was begun, and puts it where it belongs.
  void finish(Word& word, QueueLine& line) {
    if (!word.begun) return;
    const auto name = word.assigned_name();
    if (line.words.empty() && name > 0) {
      line.assignments.emplace_back(word.text.substr(0, name), word.text.substr(name + 1));
    } else if (word.has_pattern) {
      expand_pattern(word, line);
    } else {
      line.words.push_back(word.text);
    }
    word = {};
  }

  /// A pattern that matches nothing stays as it is, as in bash.
  static void expand_pattern(const Word& word, QueueLine& line) {
    glob_t found{};
    if (::glob(word.pattern.c_str(), 0, nullptr, &found) == 0) {
      line.words.insert(line.words.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    } else {
      line.words.push_back(word.text);
    }
    ::globfree(&found);
  }

  std::string_view m_text;
  const std::string& m_name;
  const util::Environment& m_environment;
  std::size_t m_at = 0;
  std::uint32_t m_line = 1;
};

}  // namespace

util::Result<std::vector<QueueLine>> read_queue_file(std::string_view text, const std::string& name,
                                                     const util::Environment& environment) {
  return Reader(text, name, environment).read();
}

bool looks_like_program(std::string_view text, const std::string& name) {
  return text.starts_with("#!") || name.ends_with(".py");
}

std::string command_to_run(std::string_view text, const std::string& name) {
  std::string interpreter = name.ends_with(".py") ? "python3" : "bash";
  if (text.starts_with("#!")) {
    const auto line = text.substr(2, text.find('\n') - 2);
    const auto begin = line.find_first_not_of(" \t");
    if (begin != std::string_view::npos) interpreter = line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
  }
  return "sarray run -- " + interpreter + (name == "-" ? "" : " " + util::shell_quote(name));
}

}  // namespace sarray::queue
