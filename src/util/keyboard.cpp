#include "util/keyboard.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <utility>

namespace sarray::util {

namespace {

// What a signal's handler has to know.
int changed_fd = -1;
termios before{};

extern "C" void restore_and_end(int signal) {
  if (changed_fd >= 0) ::tcsetattr(changed_fd, TCSANOW, &before);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

extern "C" void wake_up(int /*signal*/) {}  // poll() then ends with EINTR

constexpr std::array ending_signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

void set_handler(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;  // without SA_RESTART
  ::sigaction(signal, &action, nullptr);
}

Key key_of(std::string_view bytes) {
  constexpr std::array<std::pair<std::string_view, Key>, 21> keys = {
      {{"q", Key::quit},      {"Q", Key::quit},          {"\033[A", Key::up},     {"\033OA", Key::up},
       {"k", Key::up},        {"\033[B", Key::down},     {"\033OB", Key::down},   {"j", Key::down},
       {"\n", Key::down},     {"\033[5~", Key::page_up}, {"b", Key::page_up},     {"\033[6~", Key::page_down},
       {" ", Key::page_down}, {"\033[H", Key::first},    {"\033[1~", Key::first}, {"\033OH", Key::first},
       {"g", Key::first},     {"\033[F", Key::last},     {"\033[4~", Key::last},  {"\033OF", Key::last},
       {"G", Key::last}}};
  for (const auto& [text, key] : keys) {
    if (text == bytes) return key;
  }
  return Key::other;
}

}  // namespace

Keyboard::Keyboard(int fd) : m_fd(fd) {
  set_handler(SIGWINCH, wake_up);
  if (::isatty(fd) == 0 || ::tcgetpgrp(fd) != ::getpgrp() || ::tcgetattr(fd, &before) != 0) return;
  auto keys = before;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  keys.c_cc[VMIN] = 1;
  keys.c_cc[VTIME] = 0;
  keys.c_cc[VSUSP] = _POSIX_VDISABLE;  // a stopped program would leave the terminal like this
  changed_fd = fd;
  for (const int signal : ending_signals) set_handler(signal, restore_and_end);
  m_is_there = ::tcsetattr(fd, TCSANOW, &keys) == 0;
}

Keyboard::~Keyboard() {
  ::signal(SIGWINCH, SIG_DFL);
  if (changed_fd < 0) return;
  ::tcsetattr(m_fd, TCSANOW, &before);
  changed_fd = -1;
  for (const int signal : ending_signals) ::signal(signal, SIG_DFL);
}

Key Keyboard::wait(int milliseconds) {
  pollfd ready{m_is_there ? m_fd : -1, POLLIN, 0};
  const int answer = ::poll(&ready, 1, milliseconds);
  if (answer < 0) return errno == EINTR ? Key::redraw : Key::none;
  if (answer == 0) return Key::none;
  // A key of several bytes comes at once; of several keys the first counts, and the others are read next.
  std::array<char, 8> bytes{};
  std::size_t length = 0;
  do {
    const auto got = ::read(m_fd, &bytes.at(length), 1);
    if (got <= 0) return got < 0 && errno == EINTR ? Key::redraw : Key::quit;
    ++length;
    const bool is_begun =
        bytes[0] == '\033' &&
        (length < 3 || (length < bytes.size() && bytes[2] >= '0' && bytes[2] <= '9' && bytes.at(length - 1) != '~'));
    if (!is_begun) break;
    ready.revents = 0;
  } while (::poll(&ready, 1, 20) > 0);
  return key_of(std::string_view(bytes.data(), length));
}

}  // namespace sarray::util
