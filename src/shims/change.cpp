#include "shims/change.hpp"

#include <algorithm>

#include "answer/change.hpp"
#include "queue/gather.hpp"
#include "util/fd.hpp"

namespace sarray::shims {

namespace {

/// Returns the call as it is now. @return an error if it is not queued any more.
util::Result<store::RecordedCall> find_queued(const KnownJob& known) {
  TRY(const auto contents, known.session.read());
  const auto number = known.recorded.job;
  if (number >= 1 && number <= contents.calls.size()) {
    const auto& call = contents.calls[number - 1];
    if (!call.dropped && !call.submitted) return call;
  }
  return util::fail("job " + std::to_string(known.recorded.id), "it is not queued any more", "sarray list");
}

slurm::Dialect read_dialect(const store::Session& session) {
  const auto text = util::read_file(session.folder() + "/dialect");
  if (!text) return {};
  auto dialect = slurm::Dialect::deserialize(*text);
  return dialect ? std::move(*dialect) : slurm::Dialect();
}

}  // namespace

namespace {

/// Precondition: the session is locked.
util::Result<void> apply(const KnownJob& known, store::RecordedCall recorded, const slurm::Dialect& dialect,
                         const Change& change) {
  auto call = std::make_shared<slurm::Call>(*recorded.call);
  call->argv = answer::add_options(call->argv, change.options, dialect);
  const bool holds = std::find(change.options.begin(), change.options.end(), "--hold") != change.options.end();
  recorded.released = change.is_release || (recorded.released && !holds);
  recorded.call = call;
  slurm::Resolver resolver(dialect);
  TRY(const auto job, queue::resolve_recorded(resolver, recorded));
  auto session = known.session;
  CHECK_OK(session.change(recorded.job, call->argv, job.ids ? job.ids->count() : 1, recorded.released));
  return session.sync();
}

}  // namespace

util::Result<void> change_recorded(const KnownJob& known, const Change& change) {
  TRY(const auto lock, queue::lock_session(known.session));
  TRY(const auto recorded, find_queued(known));
  return apply(known, recorded, read_dialect(known.session), change);
}

util::Result<void> drop_recorded(const KnownJob& known, const std::vector<std::uint32_t>& tasks) {
  TRY(const auto lock, queue::lock_session(known.session));
  TRY(const auto contents, known.session.read());
  const auto number = known.recorded.job;
  if (number >= 1 && number <= contents.calls.size() && contents.calls[number - 1].dropped) return {};
  TRY(const auto recorded, find_queued(known));
  if (!tasks.empty()) {
    // As it is now: an earlier word of the same command may have dropped tasks of it.
    const auto dialect = read_dialect(known.session);
    slurm::Resolver resolver(dialect);
    TRY(const auto job, queue::resolve_recorded(resolver, recorded));
    const auto left = job.ids ? answer::without_tasks(*job.ids, tasks) : std::string();
    if (!left.empty()) return apply(known, recorded, dialect, {{"--array=" + left}, false});
  }
  auto session = known.session;
  CHECK_OK(session.drop({recorded.job}));
  return session.sync();
}

}  // namespace sarray::shims
