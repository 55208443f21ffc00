#include "commands/watch.hpp"

#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "follow/task_files.hpp"
#include "report/frame.hpp"
#include "report/table.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/json.hpp"
#include "util/keyboard.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

constexpr int seconds_between_drawings = 5;
constexpr const char* clear_screen = "\033[H\033[J";

/// Whether the terminal can be drawn on again: a dumb one cannot.
bool can_redraw() {
  const char* terminal = std::getenv("TERM");
  return report::terminal_width(1) > 0 && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

/// Returns the first line that is shown after a key.
std::size_t scroll(std::size_t line, util::Key key, std::size_t page) {
  using util::Key;
  const auto back = [&](std::size_t lines) { return line > lines ? line - lines : 0; };
  switch (key) {
    case Key::up:
      return back(1);
    case Key::down:
      return line + 1;
    case Key::page_up:
      return back(page);
    case Key::page_down:
      return line + page;
    case Key::first:
      return 0;
    case Key::last:
      return static_cast<std::size_t>(-1) / 2;  // as far as there are lines
    default:
      return line;
  }
}

/// Draws on the screen, and waits for keys.
class Screen {
 public:
  explicit Screen(const WatchOptions& options) : m_options(options), m_keyboard(0) {}

  /// Draws, and again after each key, for some seconds. @return false if the user ends it.
  util::Result<bool> show(const follow::Group& group, int seconds) {
    const auto end = std::time(nullptr) + seconds;
    while (true) {
      TRY(const auto frame, draw(group));
      const auto left = end - std::time(nullptr);
      if (left <= 0) return true;
      const auto key = m_keyboard.wait(static_cast<int>(left) * 1000);
      if (key == util::Key::none) return true;
      if (key == util::Key::quit) {
        CHECK_OK(util::write_all(1, "\n", "standard output"));
        return false;
      }
      m_line = scroll(frame.scroll, key, frame.page);
    }
  }

 private:
  util::Result<report::Frame> draw(const follow::Group& group) {
    auto view = m_options.view;
    look_at_terminal(view);
    view.rest = follow::estimate_rest(follow::summarize(group.histories()));
    OutputFinder files(group);
    view.output_of = [&](const follow::History& history, std::uint32_t index) { return files.find(history, index); };
    const auto keys = m_keyboard.is_there() ? std::string("arrows scroll, q ends")
                                            : "sarray status" + (m_options.job_id.empty() ? "" : " " + m_options.job_id);
    auto frame = report::draw_frame(report::status_parts(group.histories(), view), view.height, m_line, keys);
    CHECK_OK(util::write_all(1, clear_screen + frame.text, "standard output"));
    return frame;
  }

  const WatchOptions& m_options;
  util::Keyboard m_keyboard;
  std::size_t m_line = 0;  ///< of the rows, the first that is shown
};

/// Writes one drawing under the other.
util::Result<void> print(const follow::Group& group, const WatchOptions& options) {
  auto view = options.view;
  look_at_terminal(view);
  view.rest = follow::estimate_rest(follow::summarize(group.histories()));
  OutputFinder files(group);
  view.output_of = [&](const follow::History& history, std::uint32_t index) { return files.find(history, index); };
  const auto text =
      options.json ? util::to_line(report::status_json(group.histories(), view)) : report::status_text(group.histories(), view);
  return util::write_all(1, text, "standard output");
}

}  // namespace

void look_at_terminal(report::StatusView& view) {
  view.now = std::time(nullptr);
  view.width = report::terminal_width(1);
  view.height = view.width > 0 ? report::terminal_height(1) : 0;
  view.color = report::wants_color(1);
  const char* bars = std::getenv(util::bars_variable);
  view.bars = view.bars && (bars == nullptr || std::string_view(bars) != "off");
}

OutputFinder::OutputFinder(const follow::Group& group) {
  for (const auto& target : group.targets()) {
    const auto& array_history = target.array_history;
    m_finders.try_emplace(&array_history.history(), array_history.site(), array_history.history());
  }
}

std::string OutputFinder::find(const follow::History& history, std::uint32_t index) {
  return m_finders.at(&history).expected_output(index);
}

bool is_settled(const follow::Histories& histories) {
  const auto summary = follow::summarize(histories);
  return summary.done() + summary.count(slurm::TaskState::unknown) + follow::count_never(histories) == summary.tasks;
}

util::Result<bool> watch(follow::Group& group, const engine::Engine& engine, const WatchOptions& options) {
  constexpr int max_failures = 10;
  std::optional<Screen> screen;
  if (!options.json && can_redraw()) screen.emplace(options);
  int failures = 0;
  while (!is_settled(group.histories())) {
    // A controller that restarts, or is busy, must not end hours of watching.
    const int pause = failures > 0 ? 30 : seconds_between_drawings;
    if (screen) {
      TRY(const bool goes_on, screen->show(group, pause));
      if (!goes_on) return false;
    } else {
      if (failures == 0) CHECK_OK(print(group, options));
      ::sleep(static_cast<unsigned>(pause));
    }
    const auto refreshed = group.refresh(engine, options.view.usage);
    if (!refreshed && ++failures == max_failures) return util::fail(refreshed.error());
    if (refreshed) failures = 0;
    if (!refreshed) util::note("Slurm does not answer (" + refreshed.error().why + "); trying again");
  }
  if (screen) CHECK_OK(util::write_all(1, clear_screen, "standard output"));
  screen.reset();
  CHECK_OK(print(group, options));
  return true;
}

}  // namespace sarray::commands
