// The dispatcher and the task's output files, opened through links as slurmd opens them.
#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <set>
#include <thread>

#include "dispatch_support.hpp"
#include "util/shell_quote.hpp"

using namespace sarray;
using test::make_call;
using test::Merged;
using test::TemporaryFolder;
using test::Words;

namespace {

const std::string talk = "#!/bin/sh\necho out; echo err >&2\n";

slurm::Call make_call(const TemporaryFolder& folder, const Words& words) { return make_call(folder, words, talk); }

std::string bytes_of(const std::string& path) { return util::read_file(path).value_or("(cannot be read)"); }

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

mode_t mode_of(const std::string& path) {
  struct stat state {};
  return ::stat(path.c_str(), &state) == 0 ? state.st_mode & 07777 : 0;
}

std::string short_host() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  const std::string host = name.data();
  return host.substr(0, host.find('.'));
}

}  // namespace

TEST_CASE("names that are known before: each task's own file, both streams in it") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "logs");
  const Merged merged(
      {make_call(folder, {"-o", "logs/one", "j"}), make_call(folder, {"-a7-8", "-o", "logs/%a", "-e", "logs/e-%a", "j"})},
      folder);
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(merged.run(i).status == 0);
  CHECK(names_in(folder / "logs") == std::set<std::string>{"one", "7", "8", "e-7", "e-8"});
  CHECK(bytes_of(folder / "logs/one") == "out\nerr\n");
  CHECK(bytes_of(folder / "logs/7") == "out\n");
  CHECK(bytes_of(folder / "logs/e-8") == "err\n");
}

TEST_CASE("names that only the running task knows, and a requeued task that finds its file again") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "logs");
  const auto count = "#!/bin/sh\necho run; test -s " + util::shell_quote(folder / "logs/4712-a b.out") + " && echo written\n";
  const Merged merged({make_call(folder, {"-J", "a b", "-o", "logs/%j-%x.out", "j"}, count),
                       make_call(folder, {"-J", "b", "-a5-6", "-o", "logs/%6j.%A_%a.%N.%%", "-e", "logs/%j-%x", "j"})},
                      folder);
  for (int round = 0; round < 2; ++round) {
    CAPTURE(round);
    for (std::uint32_t i = 0; i < 3; ++i) {
      const auto ran = merged.run(i);
      CHECK(ran.status == 0);
      CHECK(ran.err == "");
    }
    const auto host = short_host();
    CHECK(names_in(folder / "logs") == std::set<std::string>{"4712-a b.out", "004713.2000000002_5." + host + ".%",
                                                             "004714.2000000002_6." + host + ".%", "4713-b", "4714-b"});
    CHECK(bytes_of(folder / "logs/4712-a b.out") == "run\nwritten\n");
    CHECK(bytes_of(folder / ("logs/004713.2000000002_5." + host + ".%")) == "out\n");
    CHECK(bytes_of(folder / "logs/4714-b") == "err\n");
    CHECK(std::filesystem::read_symlink(folder / "links/output/0") == folder / "logs/4712-a b.out");
  }
}

TEST_CASE("a file of a late name that is there already is replaced, or appended to, as Slurm would") {
  const TemporaryFolder folder;
  for (const bool append : {false, true}) {
    CAPTURE(append);
    const std::string mode = append ? "--open-mode=append" : "--open-mode=truncate";
    REQUIRE(util::write_file_atomically(folder / "4712.x", "old\n"));
    const Merged merged({make_call(folder, {mode, "-o", "%j.x", "j"}), make_call(folder, {mode, "-o", "%j.y", "j"})}, folder);
    CHECK(merged.run(0).status == 0);
    CHECK(bytes_of(folder / "4712.x") == (append ? "old\nout\nerr\n" : "out\nerr\n"));
    CHECK(names_in(folder.path()).count(".sarray-hidden-0.output") == 0);
    std::filesystem::remove_all(folder / "links");
  }
}

TEST_CASE("a file of a late name stays the file that it is: its mode and its other names") {
  const TemporaryFolder folder;
  REQUIRE(util::write_file_atomically(folder / "4712.x", "old\n", 0600));
  std::filesystem::create_hard_link(folder / "4712.x", folder / "another name");
  const Merged merged({make_call(folder, {"-o", "%j.x", "j"}), make_call(folder, {"-o", "%j.y", "j"})}, folder);
  CHECK(merged.run(0).status == 0);
  CHECK(mode_of(folder / "4712.x") == 0600);
  CHECK(bytes_of(folder / "another name") == "out\nerr\n");
}

TEST_CASE("both streams given the same late name, and a file of it is there already") {
  const TemporaryFolder folder;
  REQUIRE(util::write_file_atomically(folder / "4712.x", "old\n"));
  const Merged merged({make_call(folder, {"--open-mode=append", "-o", "%j.x", "-e", "%j.x", "j"}),
                       make_call(folder, {"--open-mode=append", "-o", "%j.y", "-e", "%j.z", "j"})},
                      folder);
  CHECK(merged.run(0).status == 0);
  CHECK(bytes_of(folder / "4712.x") == "old\nout\nerr\n");
  CHECK(merged.run(1).status == 0);
  CHECK(bytes_of(folder / "4713.y") == "out\n");
  CHECK(bytes_of(folder / "4713.z") == "err\n");
}

TEST_CASE("a late name that is a link: what it points to is written, and the link stays") {
  const TemporaryFolder folder;
  for (const bool append : {false, true}) {
    CAPTURE(append);
    const std::string mode = append ? "--open-mode=append" : "--open-mode=truncate";
    REQUIRE(util::write_file_atomically(folder / "real", "old\n"));
    std::filesystem::remove(folder / "4712.x");
    std::filesystem::create_symlink("real", folder / "4712.x");
    const Merged merged({make_call(folder, {mode, "-o", "%j.x", "j"}), make_call(folder, {mode, "-o", "%j.y", "j"})}, folder);
    CHECK(merged.run(0).status == 0);
    CHECK(std::filesystem::is_symlink(folder / "4712.x"));
    CHECK(bytes_of(folder / "real") == (append ? "old\nout\nerr\n" : "out\nerr\n"));
    std::filesystem::remove_all(folder / "links");
  }
}

TEST_CASE("open modes that differ: each job's own") {
  const TemporaryFolder folder;
  REQUIRE(util::write_file_atomically(folder / "a", "old\n"));
  REQUIRE(util::write_file_atomically(folder / "t", "old\n"));
  const Merged merged(
      {make_call(folder, {"--open-mode=append", "-o", "a", "j"}), make_call(folder, {"--open-mode=truncate", "-o", "t", "j"})},
      folder);
  CHECK(merged.run(0).status == 0);
  CHECK(merged.run(1).status == 0);
  CHECK(bytes_of(folder / "a") == "old\nout\nerr\n");
  CHECK(bytes_of(folder / "t") == "out\nerr\n");
}

TEST_CASE("a new file has the mode that the job's own umask gives it; an old one keeps its own") {
  const TemporaryFolder folder;
  auto open = make_call(folder, {"-o", "open", "j"});
  auto closed = make_call(folder, {"-o", "closed", "j"});
  closed.umask = 077;
  auto late = make_call(folder, {"-o", "%j.late", "j"});
  late.umask = 027;
  auto old = make_call(folder, {"-o", "old", "j"});
  old.umask = 077;
  REQUIRE(util::write_file_atomically(folder / "old", "text", 0664));
  // Made by the user, empty, some time ago: with its own mode.
  auto made = make_call(folder, {"--open-mode=append", "-o", "made", "j"});
  made.umask = 027;
  REQUIRE(util::write_file_atomically(folder / "made", "", 0600));
  // "Some time ago" is before this second, instead of 20 seconds ago.
  const auto this_second = std::time(nullptr);
  while (std::time(nullptr) == this_second) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  Merged merged({open, closed, late, old, made}, folder);
  merged.replace("-gt $((now - new))", "-gt " + std::to_string(this_second) + "    ");
  for (std::uint32_t i = 0; i < 5; ++i) CHECK(merged.run(i).status == 0);
  CHECK(mode_of(folder / "open") == 0644);
  CHECK(mode_of(folder / "closed") == 0600);
  CHECK(mode_of(folder / "4714.late") == 0640);
  CHECK(mode_of(folder / "old") == 0664);
  CHECK(mode_of(folder / "made") == 0600);
}

TEST_CASE("submitted by hand: no link is followed, and the dispatcher opens each task's own files by what squeue shows") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "d");
  REQUIRE(util::write_file_atomically(folder / "in", "read\n"));
  REQUIRE(util::write_file_atomically(folder / "appended", "old\n"));
  REQUIRE(util::write_file_atomically(folder / "fixed", "old\n"));
  const std::string reads = "#!/bin/sh\necho out; echo err >&2; cat\n";
  const Merged merged({make_call(folder, {"j"}), make_call(folder, {"-D", folder / "d", "j"}),
                       make_call(folder, {"-a7-8", "-o", "%A_%a.%j", "-e", "e-%a", "j"}), make_call(folder, {"-o", "fixed", "j"}),
                       make_call(folder, {"--open-mode=append", "-o", "appended", "-e", "appended", "j"}),
                       make_call(folder, {"-i", "in", "-o", "x_ALL_%a", "j"}, reads), make_call(folder, {"-o", "no/where", "j"})},
                      folder);
  CHECK(merged.script().find("#SBATCH --output=" + (folder / "slurm-%A_%a.out") + "\n") != std::string::npos);
  Merged::Conditions by_hand;
  by_hand.by_sarray = false;
  for (std::uint32_t i = 0; i < 7; ++i) CHECK(merged.run(i, {}, by_hand).status == 0);
  CHECK(merged.run(7, {}, by_hand).status == 125);
  CHECK(names_in(folder / "d") == std::set<std::string>{"slurm-4711_1.out"});
  CHECK(bytes_of(folder / "d/slurm-4711_1.out") == "out\nerr\n");
  CHECK(bytes_of(folder / "slurm-4711_0.out") == "out\nerr\n");
  CHECK(bytes_of(folder / "4711_2.4714") == "out\n");
  CHECK(bytes_of(folder / "4711_3.4715") == "out\n");
  CHECK(bytes_of(folder / "e-8") == "err\n");
  CHECK(bytes_of(folder / "fixed") == "out\nerr\n");
  CHECK(bytes_of(folder / "appended") == "old\nout\nerr\n");
  CHECK(bytes_of(folder / "x_ALL_4294967294") == "out\nerr\nread\n");
  CHECK(bytes_of(folder / "slurm-4711_7.out") ==
        "sarray: error: task 7 of array 4711: " + (folder / "no/where") + " cannot be opened\n");
  for (const auto& name : names_in(folder.path()))
    CHECK_FALSE((name.starts_with("slurm-4711_") && name[11] > '0' && name[11] < '7'));
}

TEST_CASE("a retry's task gives the earlier attempt's file another name first, and never replaces one") {
  const TemporaryFolder folder;
  const Merged first({make_call(folder, {"-a5-6", "-o", "%A_%a", "-e", "%A_%a", "j"}), make_call(folder, {"-o", "x", "j"})},
                     folder);
  CHECK(first.run(0).status == 0);
  CHECK(first.run(1).status == 0);
  const auto name = folder / "2000000001_5";
  REQUIRE(util::write_file_atomically(name, "earlier\n"));
  REQUIRE(util::write_file_atomically(folder / "2000000001_6", "earlier\n"));
  REQUIRE(util::write_file_atomically(folder / "2000000001_6.1", "the user's own\n"));
  const Merged again(first, {{0, 1}, {1, 1}});
  for (int round = 0; round < 2; ++round) {  // and a requeue of it opens its own file again
    CHECK(again.run(0).status == 0);
    CHECK(bytes_of(name) == "out\nerr\n");
    CHECK(bytes_of(name + ".1") == "earlier\n");
  }
  CHECK(again.run(1).status == 0);
  CHECK(bytes_of(folder / "2000000001_6.1") == "the user's own\n");
  CHECK(
      bytes_of(folder / "2000000001_6") ==
      "earlier\nsarray: note: " + (folder / "2000000001_6") +
          " is the file of an earlier attempt, and could not be renamed to 2000000001_6.1: this attempt is put after it\nout\nerr\n");
}
