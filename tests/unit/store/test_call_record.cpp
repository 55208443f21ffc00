#include <doctest/doctest.h>

#include "store/call_record.hpp"
#include "support.hpp"

using namespace sarray;
using namespace sarray::store;

namespace {

using Entries = std::vector<std::string>;

util::Environment applied(const std::string& base, const EnvironmentChanges& changes) {
  util::Environment environment(decode_environment(base));
  for (const auto& entry : changes.set) environment.set(entry.substr(0, entry.find('=')), entry.substr(entry.find('=') + 1));
  for (const auto& name : changes.unset) environment.unset(name);
  return environment;
}

CallHead make_head() {
  CallHead head;
  head.job = 7;
  head.id = 2000000123;
  head.tasks = 4000000000U;
  head.time = 0x123456789abcdefULL;
  head.environment_at = ~std::uint64_t{0};
  head.script_at = 1;
  return head;
}

slurm::Call odd_call() {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  auto call = test::make_call({"", every, "--wrap=\n\t'\"\\", "\xff\xfe"});
  call.directory = "/tmp/a\nb \xe6\x97\xa5";
  call.umask = 0137;
  for (std::size_t i = 0; i < call.limits.size(); ++i) call.limits[i] = i % 2 == 0 ? slurm::unlimited : i << 40;
  call.host = "";
  call.source = slurm::ScriptSource::wrap;
  call.script_path = "";
  call.export_file = std::string("A=1\0B=2\0", 8);
  return call;
}

}  // namespace

TEST_CASE("a call comes back from its bytes, odd ones too") {
  const auto call = odd_call();
  const EnvironmentChanges changes{{"A=\x01\xff", "B=", "=odd"}, {"GONE", ""}};
  const auto decoded = decode_call(encode_call(make_head(), call, changes));
  REQUIRE(decoded);
  const auto head = make_head();
  CHECK(decoded->head.job == head.job);
  CHECK(decoded->head.id == head.id);
  CHECK(decoded->head.tasks == head.tasks);
  CHECK(decoded->head.time == head.time);
  CHECK(decoded->head.environment_at == head.environment_at);
  CHECK(decoded->head.script_at == head.script_at);
  CHECK(decoded->changes.set == changes.set);
  CHECK(decoded->changes.unset == changes.unset);
  const auto& back = *decoded->call;
  CHECK(back.argv == call.argv);
  CHECK(back.directory == call.directory);
  CHECK(back.umask == call.umask);
  CHECK(back.limits == call.limits);
  CHECK(back.host == call.host);
  CHECK(back.source == call.source);
  CHECK(back.script_path == call.script_path);
  CHECK(back.export_file == call.export_file);
}

TEST_CASE("an export file that is empty is not one that was not given") {
  auto call = test::make_call();
  CHECK_FALSE(decode_call(encode_call({}, call, {}))->call->export_file);
  call.export_file = "";
  CHECK(decode_call(encode_call({}, call, {}))->call->export_file == "");
}

TEST_CASE("every cut of a call's bytes, and anything behind them, is no call") {
  const auto bytes = encode_call(make_head(), odd_call(), {{"A=1"}, {"B"}});
  REQUIRE(decode_call(bytes));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(decode_call(std::string_view(bytes).substr(0, length)));
  }
  CHECK_FALSE(decode_call(bytes + "x"));
}

TEST_CASE("any flipped byte is read without harm") {
  const auto bytes = encode_call(make_head(), odd_call(), {{"A=1"}, {"B"}});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int bit : {1, 128}) {
      auto flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ bit);
      const auto decoded = decode_call(flipped);
      if (decoded) CHECK(encode_call(decoded->head, *decoded->call, decoded->changes).size() <= flipped.size());
    }
  }
}

TEST_CASE("an environment comes back from its bytes") {
  const auto environment = util::Environment::from_entries({"Z=1", "A=x=y\n", "B-C=\xff", "E="});
  CHECK(util::Environment(decode_environment(encode_environment(environment))).entries() == environment.entries());
  CHECK(decode_environment("")->entries().empty());
}

TEST_CASE("changes against a base: only what differs") {
  const auto base = encode_environment(util::Environment::from_entries({"A=1", "B=2", "C=3", "D=4"}));
  const auto changes = find_changes(base, util::Environment::from_entries({"A=1", "BB=new", "C=other", "D=4", "E="}));
  CHECK(changes.set == Entries{"BB=new", "C=other", "E="});
  CHECK(changes.unset == Entries{"B"});
  CHECK(find_changes(base, util::Environment(decode_environment(base))).size() == 0);
  CHECK(find_changes(base, util::Environment()).unset == Entries{"A", "B", "C", "D"});
  CHECK(find_changes("", util::Environment::from_entries({"A=1"})).set == Entries{"A=1"});
}

TEST_CASE("base and changes give back the environment, whatever they are") {
  test::RandomBytes random(6);
  const auto random_environment = [&] {
    Entries entries;
    for (unsigned n = random.number(12); n > 0; --n) {
      // Few names, so that bases and environments meet; some sort differently with their '=' than without.
      static const Entries names = {"A", "A-", "A.B", "AB", "B", "B!", "LONG_NAME", "\xff", "a b", "_"};
      entries.push_back(names[random.number(static_cast<unsigned>(names.size()))] + "=" + random.text(3));
    }
    return util::Environment::from_entries(entries);
  };
  for (int i = 0; i < 20000; ++i) {
    const auto base = encode_environment(random_environment());
    const auto environment = random_environment();
    CHECK(applied(base, find_changes(base, environment)).entries() == environment.entries());
  }
}

TEST_CASE("a damaged base of names alone: a call's variables are changes, nothing is read beyond") {
  const auto environment = util::Environment::from_entries({"HOME=/home/ada", "Z=1"});
  const std::string base("HOME\0PATH=/bin\0Z", 17);
  const auto changes = find_changes(base, environment);
  CHECK(changes.set == Entries{"HOME=/home/ada", "Z=1"});
  CHECK(changes.unset == Entries{"PATH"});
}
