#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

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

TEST_CASE("one call is read as the whole journal would give it") {
  const test::State state;
  auto session = store::Session::create(test::State::folder(), util::Environment::from_entries({"A=1", "B=2"}));
  REQUIRE(session);
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < 3; ++i) {
    auto call = make_call();
    call.argv = {"sbatch", "-a0-" + std::to_string(i), "j"};
    call.environment = util::Environment::from_entries({"A=" + std::to_string(i), "C=3"});
    call.script = std::make_shared<const std::string>("#!/bin/sh\n# " + std::to_string(i / 2) + "\n");
    const auto appended = session->append(call, 1);
    REQUIRE(appended);
    ids.push_back(appended->id);
  }
  const auto contents = session->read();
  REQUIRE(contents);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto known = store::find_call(session->folder(), ids[i]);
    REQUIRE((known && *known));
    const auto call = store::read_call(session->folder(), **known);
    REQUIRE(call);
    CHECK(call->argv == contents->calls[i].call->argv);
    CHECK(call->environment.entries() == contents->calls[i].call->environment.entries());
    CHECK(*call->script == *contents->calls[i].call->script);
  }
  // One that was changed has other words now.
  REQUIRE(session->change(2, {"sbatch", "-a0-7", "j"}, 8, false));
  const auto known = store::find_call(session->folder(), ids[1]);
  REQUIRE((known && *known));
  CHECK((*known)->changed);
  CHECK(store::read_call(session->folder(), **known) == nullptr);
}
