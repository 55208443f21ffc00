#include "store/contents_reader.hpp"

#include <algorithm>
#include <ctime>

#include "store/call_record.hpp"
#include "store/shell.hpp"
#include "util/process.hpp"

namespace sarray::store {

Start decode_start(std::string_view payload) {
  Reader reader(payload);
  Start start;
  start.version = reader.u32();
  start.time = reader.u64();
  start.host = reader.text();
  start.environment = reader.text();
  return start;
}

std::string encode_start(const util::Environment& base) {
  Writer writer;
  writer.u32(journal_version);
  writer.u64(static_cast<std::uint64_t>(std::time(nullptr)));
  writer.text(util::host_name());
  writer.text(encode_environment(base));
  return writer.bytes();
}

void ContentsReader::take(const JournalRecord& record) {
  Reader reader(record.payload);
  switch (record.kind) {
    case RecordKind::start:
      return take_start(record);
    case RecordKind::environment:
      m_environments[record.offset] = decode_environment(record.payload);
      return;
    case RecordKind::script:
      m_scripts[record.offset] = std::make_shared<const std::string>(record.payload);
      return;
    case RecordKind::call:
      return take_call(record);
    case RecordKind::drop:
      return drop(reader.numbers());
    case RecordKind::cancelled:
      m_contents.cancelled = reader.numbers();
      m_contents.info.state = SessionInfo::State::cancelled;
      return drop(m_contents.cancelled);
    case RecordKind::restored:
      m_contents.cancelled.clear();
      m_contents.info.state = SessionInfo::State::open;
      return restore(reader.numbers());
    case RecordKind::intent: {
      SubmissionNote note;
      note.marker = reader.text();
      note.script = reader.text();
      note.time = static_cast<std::int64_t>(reader.u64());
      note.jobs = reader.numbers();
      m_contents.submissions.push_back(std::move(note));
      return;
    }
    case RecordKind::accepted:
      return take_accepted(reader);
    case RecordKind::withdrawn: {
      const std::string marker(reader.text());
      std::erase_if(m_contents.submissions, [&](const auto& note) { return note.marker == marker && !note.accepted; });
      return;
    }
    case RecordKind::changed:
      return take_change(reader);
    case RecordKind::closed:
      m_contents.info.state = static_cast<SessionInfo::State>(reader.u8());
      return;
  }
  m_has_unknown_kind = true;
}

RecordedCall* ContentsReader::find(std::uint32_t job) {
  return job >= 1 && job <= m_contents.calls.size() ? &m_contents.calls[job - 1] : nullptr;
}

void ContentsReader::drop(const std::vector<std::uint32_t>& jobs) {
  std::vector<std::uint32_t> dropped;  // not those that were so before: they are another command's
  for (const auto job : jobs) {
    auto* call = find(job);
    if (call == nullptr || call->dropped) continue;
    call->dropped = true;
    dropped.push_back(job);
  }
  if (!dropped.empty()) m_contents.dropped.push_back(std::move(dropped));
}

void ContentsReader::restore(const std::vector<std::uint32_t>& jobs) {
  for (const auto job : jobs) {
    if (auto* call = find(job); call != nullptr && call->call != nullptr) call->dropped = false;
  }
  for (auto& group : m_contents.dropped) std::erase_if(group, [&](auto job) { return !m_contents.calls[job - 1].dropped; });
  std::erase_if(m_contents.dropped, [](const auto& group) { return group.empty(); });
}

void ContentsReader::fill(std::uint64_t job) {
  while (m_contents.calls.size() < job) {
    auto& missing = m_contents.calls.emplace_back();
    missing.job = static_cast<std::uint32_t>(m_contents.calls.size());
    missing.dropped = true;
  }
}

void ContentsReader::take_start(const JournalRecord& record) {
  const auto start = decode_start(record.payload);
  m_version = start.version;
  m_contents.info.started = static_cast<std::int64_t>(start.time);
  m_contents.info.host = start.host;
  m_environments[record.offset] = decode_environment(start.environment);
}

void ContentsReader::take_accepted(Reader& reader) {
  const std::string marker(reader.text());
  const std::string job_id(reader.text());
  for (auto& note : m_contents.submissions) {
    if (note.marker != marker) continue;
    note.accepted = true;
    note.job_id = job_id;
    for (const auto job : note.jobs) {
      if (auto* call = find(job)) call->submitted = true;
    }
  }
}

void ContentsReader::take_change(Reader& reader) {
  auto* recorded = find(reader.u32());
  const auto tasks = reader.u32();
  const bool released = reader.u8() != 0;
  auto argv = reader.texts();
  if (recorded == nullptr || recorded->call == nullptr || !reader.at_end() || argv.empty()) return;
  auto call = std::make_shared<slurm::Call>(*recorded->call);
  call->argv = std::move(argv);
  recorded->call = std::move(call);
  recorded->tasks = tasks;
  recorded->released = released;
}

void ContentsReader::take_call(const JournalRecord& record) {
  auto decoded = decode_call(record.payload);
  const auto environment = decoded ? m_environments.find(decoded->head.environment_at) : m_environments.end();
  const auto script = decoded ? m_scripts.find(decoded->head.script_at) : m_scripts.end();
  const bool in_order = decoded && decoded->head.job == record.totals.jobs && decoded->head.job > m_contents.calls.size() &&
                        decoded->head.job <= max_jobs(record);
  if (environment == m_environments.end() || script == m_scripts.end() || !in_order) {
    m_contents.warnings.push_back("a record at byte " + std::to_string(record.offset) + " cannot be read and is left out");
    fill(std::min<std::uint64_t>(record.totals.jobs, max_jobs(record)));
    return;
  }
  fill(decoded->head.job - 1);
  RecordedCall call;
  call.job = decoded->head.job;
  call.id = decoded->head.id;
  call.tasks = decoded->head.tasks;
  call.time = static_cast<std::int64_t>(decoded->head.time);
  call.call = complete_call(std::move(*decoded), environment->second, script->second);
  m_contents.info.last_call = call.time;
  m_contents.cancelled.clear();
  m_contents.calls.push_back(std::move(call));
}

}  // namespace sarray::store
