// Sessions as the tests of sessions make and read them.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>

#include "store/session.hpp"
#include "support.hpp"

namespace sarray::test {

using store::Session;
using store::SessionContents;
using store::StateFolder;

inline const util::Environment base = make_call().environment;

inline Session create(const StateFolder& folder) {
  auto session = Session::create(folder, base);
  REQUIRE(session);
  return *session;
}

inline SessionContents read(const Session& session) {
  auto contents = session.read();
  REQUIRE(contents);
  return std::move(*contents);
}

inline std::string journal_of(const Session& session) { return session.folder() + "/journal"; }
inline std::uint64_t journal_size(const Session& session) { return std::filesystem::file_size(journal_of(session)); }

inline std::vector<std::uint32_t> numbers(const SessionContents& contents) {
  std::vector<std::uint32_t> result;
  for (const auto& call : contents.calls) result.push_back(call.job);
  return result;
}

using Numbers = std::vector<std::uint32_t>;

}  // namespace sarray::test
