#include <array>
#include <cstdio>
#include <ctime>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "report/json.hpp"
#include "report/table.hpp"
#include "store/session.hpp"
#include "util/user_text.hpp"

namespace sarray::cli {

namespace {

std::string time_text(std::int64_t seconds) {
  if (seconds == 0) return "-";
  const std::time_t time = seconds;
  std::tm local{};
  ::localtime_r(&time, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local);
  return text.data();
}

std::string state_text(const store::SessionInfo& info) {
  using State = store::SessionInfo::State;
  if (info.alive) return "open, shell " + std::to_string(info.shell_pid) + " on " + info.host;
  if (info.state == State::cancelled) return "cancelled";
  if (info.jobs > 0) return "left";
  return info.state == State::submitted ? "submitted" : "empty";
}

report::Json to_json(const std::vector<store::SessionInfo>& sessions) {
  auto list = report::Json::array();
  for (const auto& info : sessions) {
    report::Json session;
    session["name"] = info.name;
    session["state"] = info.alive ? "open" : state_text(info);
    session["host"] = info.host;
    session["started"] = info.started;
    session["last_call"] = info.last_call == 0 ? report::Json(nullptr) : report::Json(info.last_call);
    session["jobs"] = info.jobs;
    session["tasks"] = info.tasks;
    list.push_back(std::move(session));
  }
  return report::Json{{"version", 1}, {"sessions", std::move(list)}};
}

}  // namespace

Status sessions(const Words& words) {
  bool json = false;
  Arguments arguments("sessions", "Lists the sessions that are kept, oldest first, with their queued jobs.", "[--json]");
  arguments.app().add_flag("--json", json, "answer in JSON (docs/json.md)");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  TRY(const auto folder, store::StateFolder::open());
  std::vector<std::string> warnings;
  TRY(const auto found, store::list_sessions(folder, &warnings));
  for (const auto& warning : warnings) std::fprintf(stderr, "sarray: warning: %s\n", util::printable(warning).c_str());
  if (json) {
    std::fputs(report::to_line(to_json(found)).c_str(), stdout);
    return 0;
  }
  report::Table table({false, false, true, true, false, false});
  table.add({"session", "started", "jobs", "tasks", "last call", "state"});
  for (const auto& info : found) {
    table.add({info.name, time_text(info.started), std::to_string(info.jobs), std::to_string(info.tasks), time_text(info.last_call), state_text(info)});
  }
  std::fputs(found.empty() ? "there are no sessions\n" : table.text(report::terminal_width(1)).c_str(), stdout);
  return 0;
}

}  // namespace sarray::cli
