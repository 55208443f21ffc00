// What tests of several folders need: a folder that goes away, and bytes that are the same in every run.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

namespace sarray::test {

/// A fresh folder of mode 0700, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const char* base = std::getenv("TMPDIR");
    m_path = std::string(base != nullptr && *base != 0 ? base : "/tmp") + "/sarray-unit-XXXXXX";
    if (::mkdtemp(m_path.data()) == nullptr) std::abort();
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
  [[nodiscard]] const std::string& path() const { return m_path; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return m_path + "/" + name; }

 private:
  std::string m_path;
};

/// Whether few of many random cases are enough: `make check`.
inline bool is_quick() { return std::getenv("SARRAY_TEST_QUICK") != nullptr; }

/// Strings of any byte but NUL, rich in those that shells and tables care for.
class RandomBytes {
 public:
  explicit RandomBytes(unsigned seed) : m_engine(seed) {}
  [[nodiscard]] unsigned number(unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(m_engine); }
  [[nodiscard]] std::string text(unsigned longest) {
    static const std::string special = "'\"\\$`!*?[]{}()<>|&;#~=%^ \t\n\r\x01\x7f\x80\x81\x88\xff-/n0tc";
    std::string bytes(number(longest + 1), 'a');
    for (auto& byte : bytes) {
      byte = number(3) == 0 ? static_cast<char>(1 + number(255)) : special[number(static_cast<unsigned>(special.size()))];
    }
    return bytes;
  }

 private:
  std::mt19937 m_engine;
};

}  // namespace sarray::test
