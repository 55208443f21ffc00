// Builds a session's contents from the records of its journal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/encoding.hpp"
#include "store/journal.hpp"
#include "store/session.hpp"
#include "util/environment.hpp"

namespace sarray::store {

/// The first record of a journal. Its views point into the record's payload.
struct Start {
  std::uint32_t version = 0;
  std::uint64_t time = 0;
  std::string_view host;
  std::string_view environment;
};
[[nodiscard]] Start decode_start(std::string_view payload);
/// Returns the payload of a new journal's first record. @param base the environment that the calls are compared with.
[[nodiscard]] std::string encode_start(const util::Environment& base);

/// Takes a journal's records, one by one and in order.
class ContentsReader {
 public:
  explicit ContentsReader(SessionContents& contents) : m_contents(contents) {}

  void take(const JournalRecord& record);

  [[nodiscard]] std::uint32_t version() const { return m_version; }
  /// Whether a record has a kind that this program does not know.
  [[nodiscard]] bool has_unknown_kind() const { return m_has_unknown_kind; }

 private:
  RecordedCall* find(std::uint32_t job);

  void drop(const std::vector<std::uint32_t>& jobs);
  void restore(const std::vector<std::uint32_t>& jobs);

  /// Reserves no more than fits before the record, whatever it says.
  static std::uint64_t max_jobs(const JournalRecord& record) { return record.offset / smallest_record; }

  /// Adds the jobs up to this number, which could not be read, as dropped ones, so that the others keep their numbers.
  void fill(std::uint64_t job);

  void take_start(const JournalRecord& record);

  void take_accepted(Reader& reader);

  void take_call(const JournalRecord& record);

  void take_change(Reader& reader);

  SessionContents& m_contents;
  std::uint32_t m_version = 0;
  bool m_has_unknown_kind = false;
  std::unordered_map<std::uint64_t, std::shared_ptr<const util::EnvironmentBlock>> m_environments;
  std::unordered_map<std::uint64_t, std::shared_ptr<const std::string>> m_scripts;
};

}  // namespace sarray::store
