#include "capture/check.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>

#include "slurm/client/trial.hpp"
#include "slurm/language/value.hpp"
#include "util/fd.hpp"
#include "util/file_lock.hpp"
#include "util/message.hpp"
#include "util/parse.hpp"

namespace sarray::capture {

namespace {

/// In the session's folder, while checks are on: a line for each answer of Slurm's. "taken INDEX KEY" passed with array indices
/// up to INDEX; "silent TIME": it is not asked before then, in seconds since 1970.
constexpr const char* checks_file = "/checks";
constexpr std::chrono::seconds patience{5};
constexpr std::int64_t pause_after_silence = 60;  ///< seconds

std::string path_of(const store::Session& session) { return session.folder() + checks_file; }

void add_to_key(std::string& key, std::string_view name, std::string_view value) {
  key.append(key.empty() ? "" : " ").append(name).append("=");
  for (const char c : value) {
    if (c == '\\' || c == ' ') key += '\\';
    if (c == '\n') {
      key += "\\n";
    } else {
      key += c;
    }
  }
}

/// Returns what an answer depends on: which Slurm is asked, and the options that an array has only once.
std::string key_of(const TakenCall& taken, const slurm::Client& client) {
  std::string key;
  add_to_key(key, "sbatch", client.sbatch());
  if (const auto file = taken.call.environment.get(slurm::configuration_variable))
    add_to_key(key, slurm::configuration_variable, *file);
  for (const auto& setting : taken.job.settings) {
    if (setting.option->owner != slurm::Owner::array) continue;
    add_to_key(key, setting.option->name, slurm::normalize_value(*setting.option, setting.value));
  }
  return key;
}

struct Known {
  bool passes = false;
  bool was_silent = false;
};

/// @param text of the file. A line that a killed process, or two hosts at once, left incomplete means nothing.
Known look_up(std::string_view text, std::string_view key, std::uint32_t index, std::int64_t now) {
  Known known;
  while (!text.empty()) {
    auto line = util::take_until(text, '\n');
    const auto word = util::take_until(line, ' ');
    const auto number = util::to_number<std::int64_t>(util::take_until(line, ' '));
    if (!number) continue;
    if (word == "taken" && line == key && *number >= index) known.passes = true;
    if (word != "silent") continue;
    known.was_silent = true;
    if (*number > now) known.passes = true;
  }
  return known;
}

void tell_silence() {
  util::note("Slurm did not answer within " + std::to_string(patience.count()) +
                 " s whether it would take the call: calls are recorded unchecked",
             "--no-check, of sarray run and listen, never asks");
}

}  // namespace

util::Result<void> set_checks(const store::Session& session, bool on) {
  if (on) return util::write_file_atomically(path_of(session), "");
  if (::unlink(path_of(session).c_str()) != 0 && errno != ENOENT) return util::fail(path_of(session), util::errno_text(errno));
  return {};
}

util::Result<void> check_call(const store::Session& session, const TakenCall& taken, const slurm::Client& client,
                              const slurm::Dialect& dialect) {
  const auto path = path_of(session);
  const auto file = util::open_file(path, O_RDWR | O_APPEND | O_NOFOLLOW);
  if (!file) return {};
  const auto key = key_of(taken, client);
  const std::uint32_t index = taken.job.ids ? taken.job.ids->max() : 0;
  const std::int64_t now = std::time(nullptr);
  const auto find = [&] { return look_up(util::read_file(path).value_or(""), key, index, now); };
  if (find().passes) return {};
  // Of calls that are made at once, one asks, and the others have its answer. Without the lock each asks, which costs only time.
  [[maybe_unused]] const auto locked = util::lock_exclusively(file->get(), path, {2 * patience, 2 * patience});
  const auto known = find();
  if (known.passes) return {};
  const auto trial = client.try_call(taken.call, taken.job, dialect, patience);
  if (trial.kind == slurm::Trial::Kind::refused) return util::fail(trial.refusal);
  const bool is_silent = trial.kind == slurm::Trial::Kind::unknown;
  const auto line = is_silent ? "silent " + std::to_string(std::time(nullptr) + pause_after_silence)
                              : "taken " + std::to_string(index) + " " + key;
  [[maybe_unused]] const auto noted = util::write_all(file->get(), line + "\n", path);
  if (is_silent && !known.was_silent) tell_silence();
  return {};
}

}  // namespace sarray::capture
