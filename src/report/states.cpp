#include "report/states.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "follow/selection.hpp"

namespace sarray::report {

using slurm::TaskState;

namespace {

constexpr std::array<Drawing, 8> all_drawings = {{{TaskState::completed, '#', "32", "ok"},
                                                  {TaskState::failed, 'x', "31", "fail"},
                                                  {TaskState::timeout, 'x', "31", "time"},
                                                  {TaskState::out_of_memory, 'x', "31", "oom"},
                                                  {TaskState::cancelled, '-', "35", "canc"},
                                                  {TaskState::running, '>', "36", "run"},
                                                  {TaskState::pending, '.', "2", "pend"},
                                                  {TaskState::unknown, '?', "33", "?"}}};

const Drawing& drawing_of(TaskState state) {
  return *std::find_if(all_drawings.begin(), all_drawings.end(), [&](const Drawing& d) { return d.state == state; });
}

std::string long_word(TaskState state) {
  std::string word = slurm::task_state_name(state);
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

}  // namespace

std::span<const Drawing> drawings() { return all_drawings; }

std::string bar(const follow::Summary& summary, std::size_t width, bool color) {
  std::vector<std::size_t> columns;
  std::size_t used = 0;
  for (const auto& drawing : all_drawings) {
    const std::size_t count = summary.count(drawing.state);
    const auto share = count == 0 ? 0 : std::max<std::size_t>(count * width / std::max(summary.tasks, 1U), 1);
    columns.push_back(share);
    used += share;
  }
  while (used != width) {
    auto widest = std::max_element(columns.begin(), columns.end());
    if (used < width) {
      ++*widest, ++used;
    } else {
      --*widest, --used;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < all_drawings.size(); ++i) {
    if (columns[i] > 0) text += paint(std::string(columns[i], all_drawings[i].mark), all_drawings[i].state, color);
  }
  return text;
}

std::string bar_legend(const follow::Summary& summary, bool color) {
  std::string text;
  char last = 0;
  for (const auto& drawing : all_drawings) {
    if (summary.count(drawing.state) == 0 || drawing.mark == last) continue;
    last = drawing.mark;
    const std::string word = drawing.state == TaskState::completed ? "done"
                             : drawing.mark == 'x'                 ? "failed"
                                                                   : long_word(drawing.state);
    text += (text.empty() ? "" : "  ") + paint(std::string(1, drawing.mark), drawing.state, color) + " " + word;
  }
  return text;
}

std::string paint(const std::string& text, TaskState state, bool color) {
  return color ? std::string("\033[") + drawing_of(state).color + "m" + text + "\033[0m" : text;
}

std::string counts_text(const follow::Summary& summary, bool is_short) {
  std::string text;
  for (const auto& drawing : all_drawings) {
    const auto count = summary.count(drawing.state);
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + (is_short ? drawing.word : long_word(drawing.state));
  }
  return text;
}

std::string progress_text(const follow::Summary& summary) {
  const auto done = summary.count(TaskState::completed);
  const auto percent = summary.tasks > 0 ? std::uint64_t{done} * 100 / summary.tasks : 0;
  auto text = std::to_string(done) + " of " + std::to_string(summary.tasks) + " done (" + std::to_string(percent) + " %)";
  for (const auto state : {TaskState::running, TaskState::failed, TaskState::timeout, TaskState::out_of_memory,
                           TaskState::cancelled, TaskState::pending, TaskState::unknown}) {
    if (const auto count = summary.count(state); count > 0) text += ", " + std::to_string(count) + " " + long_word(state);
  }
  return text;
}

bool has_failed(const follow::Summary& summary) {
  return std::any_of(follow::failed_states.begin(), follow::failed_states.end(),
                     [&](auto state) { return summary.count(state) > 0; });
}

int urgency(slurm::TaskState state) {
  constexpr std::array order = {TaskState::running, TaskState::unknown, TaskState::pending, TaskState::cancelled,
                                TaskState::completed};
  const auto* const found = std::find(order.begin(), order.end(), state);
  return found == order.end() ? 0 : static_cast<int>(found - order.begin()) + 1;
}

int urgency(const follow::Summary& summary) {
  int most_urgent = urgency(TaskState::completed);
  for (const auto& drawing : all_drawings) {
    if (summary.count(drawing.state) > 0) most_urgent = std::min(most_urgent, urgency(drawing.state));
  }
  return most_urgent;
}

}  // namespace sarray::report
