#include "shims/world.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "answer/names.hpp"
#include "capture/surroundings.hpp"
#include "queue/gather.hpp"
#include "slurm/client/arrays.hpp"
#include "slurm/language/virtual_id.hpp"
#include "store/submissions.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/join.hpp"
#include "util/parse.hpp"
#include "util/process.hpp"

namespace sarray::shims {

namespace {

std::string local_time(std::int64_t seconds) {
  const auto moment = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::localtime_r(&moment, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return text.data();
}

bool holds(const store::Submission& submission, std::uint32_t id) {
  return std::any_of(submission.ids.begin(), submission.ids.end(),
                     [&](const auto& range) { return range.first <= id && id <= range.second; });
}

slurm::Dialect read_dialect(const store::Session& session) {
  const auto text = util::read_file(session.folder() + "/dialect");
  if (!text) return {};
  auto dialect = slurm::Dialect::deserialize(*text);
  return dialect ? std::move(*dialect) : slurm::Dialect();
}

/// Returns the name of a number in /etc/passwd or /etc/group; else what id(1) says, which asks the site's directory, too.
std::string name_of(const char* file, unsigned number, const char* option) {
  if (const auto text = util::read_file(file)) {
    std::string_view rest = *text;
    while (!rest.empty()) {
      auto line = util::take_until(rest, '\n');
      const auto name = util::take_until(line, ':');
      util::take_until(line, ':');
      if (util::to_number<unsigned>(util::take_until(line, ':')) == number) return std::string(name);
    }
  }
  util::Command command;
  command.argv = {"id", option};
  const auto output = util::run(command);
  if (!output || output->status != 0) return std::to_string(number);
  return output->out.substr(0, output->out.find('\n'));
}

}  // namespace

util::Result<World> World::open() {
  TRY(auto folder, store::StateFolder::open());
  World world(std::move(folder), queue::find_site());
  if (const char* name = ::getenv(util::session_variable); name != nullptr && *name != '\0') {
    TRY(auto session, store::Session::current(world.m_folder));
    TRY(world.m_contents, session.read());
    world.m_session = std::move(session);
  }
  return world;
}

bool World::has_jobs() {
  if (m_contents.info.jobs > 0) return true;
  const auto commands = m_site.client.commands_in_queue();
  return !commands ||
         std::any_of(commands->begin(), commands->end(), [&](const auto& queued) { return find_map(queued.command) != nullptr; });
}

util::Result<std::unique_ptr<KnownJob>> World::know(const store::Session& session, const store::RecordedCall& call) const {
  // The job's settings point into the dialect, which lives as long as the process.
  static std::map<std::string, std::unique_ptr<slurm::Dialect>> dialects;
  auto& dialect = dialects[session.name()];
  if (!dialect) dialect = std::make_unique<slurm::Dialect>(read_dialect(session));
  static std::map<const slurm::Dialect*, std::unique_ptr<slurm::Resolver>> resolvers;
  auto& resolver = resolvers[dialect.get()];
  if (!resolver) resolver = std::make_unique<slurm::Resolver>(*dialect);
  TRY(auto job, queue::resolve_recorded(*resolver, call));
  auto known = std::make_unique<KnownJob>(KnownJob{session, call, std::move(job), {}});
  known->shown.id = call.id;
  known->shown.job = &known->job;
  known->shown.call = known->recorded.call.get();
  known->shown.state = call.dropped ? answer::RecordedState::cancelled : answer::RecordedState::pending;
  known->shown.submitted = local_time(call.time);
  known->shown.submitted_at = call.time;
  return known;
}

util::Result<std::vector<std::unique_ptr<KnownJob>>> World::recorded_jobs() {
  std::vector<std::unique_ptr<KnownJob>> jobs;
  if (!m_session) return jobs;
  for (const auto& call : m_contents.calls) {
    if (call.submitted || call.call == nullptr) continue;
    TRY(auto known, know(*m_session, call));
    jobs.push_back(std::move(known));
  }
  return jobs;
}

util::Result<std::unique_ptr<KnownJob>> World::find_recorded(std::uint32_t id) {
  const auto look = [&](const store::Session& session,
                        const store::SessionContents& contents) -> util::Result<std::unique_ptr<KnownJob>> {
    for (const auto& call : contents.calls) {
      if (call.id == id && !call.submitted && call.call != nullptr) return know(session, call);
    }
    return std::unique_ptr<KnownJob>();
  };
  if (m_session) {
    TRY(auto found, look(*m_session, m_contents));
    if (found) return found;
    const auto is_own = [&](const auto& call) { return call.id == id; };
    if (std::any_of(m_contents.calls.begin(), m_contents.calls.end(), is_own)) return found;
  }
  if (!find_arrays(id).empty()) return std::unique_ptr<KnownJob>();
  const auto names = util::names_in(m_folder.sessions());
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const auto session = store::Session::open(m_folder, *name);
    if (!session || (m_session && session->name() == m_session->name())) continue;
    const auto contents = session->read();
    if (!contents) continue;
    TRY(auto found, look(*session, *contents));
    if (found) return found;
  }
  return std::unique_ptr<KnownJob>();
}

util::Result<std::unique_ptr<KnownJob>> World::find_own(std::uint32_t id) const {
  for (const auto& call : m_contents.calls) {
    if (call.id == id && call.call != nullptr) return know(*m_session, call);
  }
  return std::unique_ptr<KnownJob>();
}

const script::Map* World::load(const std::string& marker) {
  if (const auto known = m_maps.find(marker); known != m_maps.end()) return known->second ? &known->second->map : nullptr;
  auto& place = m_maps[marker];
  auto text = util::read_file(m_folder.submissions() + "/" + marker + "/sarray.slurm");
  if (!text) return nullptr;
  auto plain = script::unpack_script(std::move(*text));
  if (!plain) return nullptr;
  auto map = script::read_map(*plain);
  if (!map) return nullptr;
  place = std::make_unique<Loaded>(Loaded{std::move(*plain), std::move(*map)});
  return &place->map;
}

util::Result<std::string> World::script_of(std::uint32_t id) {
  for (const auto& array : find_arrays(id)) {
    const auto& loaded = *m_maps[array.marker];
    for (const auto& job : loaded.map.jobs) {
      if (job.id == id) return script::read_script(job, loaded.text);
    }
  }
  return util::fail("job " + std::to_string(id), "its script is not known here", "sarray history");
}

const script::Map* World::find_map(std::string_view command) {
  constexpr std::string_view folder = "/submissions/";
  const auto at = command.rfind(folder);
  if (at == std::string_view::npos) return nullptr;
  auto rest = command.substr(at + folder.size());
  const std::string marker(util::take_until(rest, '/'));
  if (!rest.starts_with("sarray.slurm") || marker.empty() || marker == "..") return nullptr;
  return load(marker);
}

const script::Map* World::find_map(std::string_view command, std::string_view job_id) {
  if (!command.empty()) return find_map(command);
  if (!m_markers) {
    m_markers.emplace();
    for (const auto& marker : util::names_in(m_folder.submissions())) {
      const auto submission = store::read_submission(m_folder.submissions() + "/" + marker);
      if (submission && !submission->job_id.empty()) (*m_markers)[submission->job_id] = marker;
    }
  }
  const auto found = m_markers->find(job_id);
  return found != m_markers->end() ? load(found->second) : nullptr;
}

std::optional<std::string> World::submit_line(std::uint32_t id) const {
  for (const auto& call : m_contents.calls) {
    if (call.id == id && call.call != nullptr) return util::join(call.call->argv, " ");
  }
  return std::nullopt;
}

std::vector<SubmittedArray> World::find_arrays(std::uint32_t id) {
  std::vector<SubmittedArray> arrays;
  std::vector<store::Submission> submissions;
  for (const auto& marker : util::names_in(m_folder.submissions())) {
    auto submission = store::read_submission(m_folder.submissions() + "/" + marker);
    if (submission && !submission->is_withdrawn && holds(*submission, id)) submissions.push_back(std::move(*submission));
  }
  std::stable_sort(submissions.begin(), submissions.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  for (const auto& submission : submissions) {
    auto job_id = submission.job_id;
    for (const auto& note : m_contents.submissions) {
      if (job_id.empty() && note.marker == submission.marker()) job_id = note.job_id;
    }
    const auto* map = job_id.empty() ? nullptr : load(submission.marker());
    if (map != nullptr) arrays.push_back({job_id, submission.marker(), map, submission.time});
  }
  return arrays;
}

slurm::Release World::release() const {
  if (m_session) return read_dialect(*m_session).release();
  const auto version = m_site.client.version();
  return version ? slurm::Dialect::from_help(*version, "").release() : slurm::newest_release;
}

answer::Defaults World::defaults(bool with_partition) {
  answer::Defaults defaults;
  const auto uid = ::getuid();
  const auto gid = ::getgid();
  defaults.user = name_of("/etc/passwd", uid, "-un");
  defaults.user_id = std::to_string(uid);
  defaults.group = name_of("/etc/group", gid, "-gn");
  defaults.group_id = std::to_string(gid);
  const auto host = util::host_name();
  defaults.host = host.substr(0, host.find('.'));
  defaults.shows_arguments = answer::shows_arguments(release());
  defaults.is_array = [this](std::uint32_t id) {
    const auto known = find_own(id);
    return known && *known && (*known)->job.ids.has_value();
  };
  if (!with_partition) return defaults;
  if (const auto partition = m_site.client.default_partition()) {
    defaults.partition = partition->name;
    defaults.time_limit = partition->time_limit;
  }
  return defaults;
}

}  // namespace sarray::shims
