#include "util/progress.hpp"

#include <unistd.h>

#include "util/fd.hpp"

namespace sarray::util {

namespace {

constexpr std::chrono::milliseconds rhythm{100};

void say(const std::string& text) { [[maybe_unused]] const auto told = util::write_all(2, text, ""); }

}  // namespace

Progress::Progress(std::string what, std::uint64_t total, std::chrono::milliseconds patience)
    : m_what(std::move(what)), m_total(total), m_shows(::isatty(2) != 0), m_next(std::chrono::steady_clock::now() + patience) {}

Progress::~Progress() {
  if (m_told) say("\r\033[K");
}

void Progress::tell() {
  const auto now = std::chrono::steady_clock::now();
  if (now < m_next) return;
  m_next = now + rhythm;
  m_told = true;
  say("\r\033[Ksarray: " + m_what + ": " + std::to_string(m_done) + " of " + std::to_string(m_total));
}

}  // namespace sarray::util
