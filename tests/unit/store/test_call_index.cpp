#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "state.hpp"
#include "store/call_index.hpp"
#include "store/session.hpp"
#include "util/fd.hpp"

using namespace sarray;

namespace {

slurm::Call make_call() {
  slurm::Call call;
  call.argv = {"sbatch", "j"};
  call.environment = util::Environment::from_entries({"A=1"});
  call.script = std::make_shared<const std::string>("#!/bin/sh\n");
  return call;
}

std::uint32_t append(store::Session& session) {
  const auto appended = session.append(make_call(), 1);
  REQUIRE(appended);
  return appended->id;
}

/// "2", "2 dropped", "none".
std::string find(const store::Session& session, std::uint32_t id) {
  const auto found = store::find_call(session.folder(), id);
  REQUIRE(found);
  if (!*found) return "none";
  return std::to_string((*found)->job) + ((*found)->dropped ? " dropped" : "");
}

}  // namespace

TEST_CASE("a session's calls are found by their ids, also those that come after a question") {
  const test::State state;
  auto session = store::Session::create(test::State::folder(), util::Environment::from_entries({"A=1"}));
  REQUIRE(session);
  const auto first = append(*session);
  CHECK(find(*session, first) == "1");
  CHECK(find(*session, first + 1) == "none");
  const auto second = append(*session);
  const auto third = append(*session);
  CHECK(find(*session, third) == "3");
  REQUIRE(session->drop({2}));
  CHECK(find(*session, second) == "2 dropped");
  REQUIRE(session->cancel({3}));
  CHECK(find(*session, third) == "3 dropped");
  REQUIRE(session->restore_cancelled());
  CHECK(find(*session, third) == "3");
  CHECK(find(*session, second) == "2 dropped");
}

TEST_CASE("an index that is lost or damaged is made again") {
  const test::State state;
  auto session = store::Session::create(test::State::folder(), util::Environment::from_entries({"A=1"}));
  REQUIRE(session);
  const auto first = append(*session);
  CHECK(find(*session, first) == "1");
  const auto path = session->folder() + "/calls";
  auto bytes = util::read_file(path).value_or("");
  REQUIRE(bytes.size() > 20);
  bytes[bytes.size() - 1] ^= 1;
  REQUIRE(util::write_file_atomically(path, bytes));
  CHECK(find(*session, first) == "1");
  REQUIRE(util::write_file_atomically(path, bytes.substr(0, 7)));
  CHECK(find(*session, first) == "1");
  std::filesystem::remove(path);
  CHECK(find(*session, first) == "1");
}
