// The dispatcher and the job's own bytes: what reaches the interpreter, where it comes from, what is refused.
#include <doctest/doctest.h>

#include <set>

#include "dispatch_support.hpp"

using namespace sarray;
using test::make_call;
using test::Merged;
using test::probe;
using test::TemporaryFolder;
using test::Words;

namespace {

std::string every_byte() {
  std::string bytes;
  for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

/// One line of ours on standard error, a status that is not 0, and nothing run.
void check_refused(const test::Ran& ran, const std::string& reason) {
  CHECK(ran.status == 125);
  CHECK_FALSE(ran.seen);
  CHECK(ran.out == "");
  CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
  CHECK_MESSAGE(ran.err.starts_with("sarray: error: task "), ran.err);
  CHECK_MESSAGE(ran.err.find(reason) != std::string::npos, ran.err);
}

}  // namespace

TEST_CASE("scripts byte for byte: with and without a newline at the end, binary tails, any size") {
  const TemporaryFolder folder;
  const std::vector<std::string> tails = {"",
                                          "exit 0",
                                          "exit 0\n",
                                          "exit 0\n\n\n",
                                          "exit 0\n" + every_byte(),
                                          "exit 0\n" + every_byte() + "\n",
                                          "exit 0\n" + std::string(4000, 'x') + "\n",
                                          "exit 0\n" + std::string(70000, 'y'),
                                          "exit 0\n" + std::string(300000, 'z') + "\n"};
  std::vector<slurm::Call> calls;
  for (const auto& tail : tails) calls.push_back(make_call(folder, {"j", "a"}, probe(folder.path(), tail)));
  for (const auto& tail : tails)
    calls.push_back(make_call(folder, {"j", "a"}, probe(folder.path(), tail, "#!/usr/bin/env -S sh")));
  const Merged merged(calls, folder);
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    CAPTURE(i);
    const auto ran = merged.run(i);
    CHECK(ran.status == 0);
    CHECK(ran.err == "");
    CHECK(ran.argv == Words{"a"});
    CHECK(ran.script.size() == calls[i].script->size());
    const bool same = ran.script == *calls[i].script;
    CHECK(same);
  }
}

TEST_CASE("interpreters: with an option, by env, of another language") {
  const TemporaryFolder folder;
  const Merged merged({make_call(folder, {"j", "x"}, probe(folder.path(), "", "#!/bin/bash -eu")),
                       make_call(folder, {"j", "x"}, probe(folder.path(), "", "#!/usr/bin/env bash")),
                       make_call(folder, {"j", "x y"}, "#!/usr/bin/awk -f\nBEGIN { print ARGV[1] }\n")},
                      folder);
  CHECK(merged.run(0).interpreter == "/bin/bash -eu");
  CHECK(merged.run(1).interpreter == "bash");
  CHECK(merged.run(1).argv == Words{"x"});
  CHECK(merged.run(2).out == "x y\n");
}

TEST_CASE("a script that the kernel does not start: Slurm's own words and status") {
  const TemporaryFolder folder;
  const auto is_script = [&](const std::string& name, const std::string& bytes) {
    REQUIRE(util::write_file_atomically(folder / name, bytes, 0755));
    return "#!" + (folder / name);
  };
  std::string foreign = util::read_file("/bin/true").value_or("");
  REQUIRE(foreign.size() > 100);
  foreign[18] = foreign[19] = '\x7f';  // a machine that nobody has
  const auto text = is_script("text", "echo wrong\n"), nested = is_script("nested", "#!/nonexistent/x\n"),
             denied = is_script("denied", "#!/etc/passwd\n"), other = is_script("other", foreign);
  const auto loop = is_script("loop", "#!" + (folder / "loop") + "\n");
  const std::string bad = "bad interpreter(", missing = "): No such file or directory", format = ": Exec format error";
  struct Row {
    std::string script;
    int status;
    std::string words;  ///< with "@" for the script's path
  };
  const std::vector<Row> rows = {{"#!/nonexistent/sh  -x \n", 2, bad + "/nonexistent/sh  -x " + missing},
                                 {"#!/etc/passwd\n", 13, "@: Permission denied"},
                                 {"#!/etc/passwd -x y\n", 13, "@: Permission denied"},
                                 {"#!/etc foo\n", 13, "@: Permission denied"},
                                 {"#!\necho wrong\n", 8, "@" + format},
                                 {"#! \t \necho wrong\n", 8, "@" + format},
                                 {text + "\necho wrong\n", 8, "@" + format},
                                 {text + " -a\necho wrong\n", 8, "@" + format},
                                 {other + "\necho wrong\n", 8, "@" + format},
                                 {"#!/" + std::string(300, 'x') + "\n", 8, "@" + format},
                                 {nested + "\n", 2, bad + nested.substr(2) + missing},
                                 {denied + "\n", 13, "@: Permission denied"},
                                 {loop + "\n", 40, "@: Too many levels of symbolic links"},
                                 {"#!/etc/passwd/x\n", 20, "@: Not a directory"},
                                 {"#!/nonexistent/sh", 2, bad + "/nonexistent/sh" + missing}};
  std::vector<slurm::Call> calls;
  for (const auto& row : rows) calls.push_back(make_call(folder, {"j"}, row.script));
  const Merged merged(calls, folder);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    CAPTURE(rows[i].script);
    const auto ran = merged.run(i);
    auto words = rows[i].words;
    if (words.starts_with('@')) words.replace(0, 1, merged.spool_file(i));
    CHECK(ran.status == rows[i].status);
    CHECK(ran.out == "");
    CHECK(ran.err == "slurmstepd-node1: error: execve(): " + words + "\n");
  }
}

TEST_CASE("an interpreter that is itself a script is run, as the kernel does") {
  const TemporaryFolder folder;
  REQUIRE(util::write_file_atomically(folder / "outer", "#!/bin/sh\necho \"outer $*\"\nexec /bin/sh \"$2\"\n", 0755));
  const Merged merged({make_call(folder, {"j"}, "#!" + (folder / "outer") + " one word\necho inner\n")}, folder);
  CHECK(merged.run(0).out == "outer one word " + merged.spool_file(0) + "\ninner\n");
}

TEST_CASE("a script that runs itself by its own name") {
  const TemporaryFolder folder;
  const std::string script = "#!/bin/sh\n[ \"$1\" = again ] && { echo \"again $2\"; exit 3; }\nexec \"$0\" again here\n";
  const Merged merged({make_call(folder, {"j"}, script)}, folder);
  const auto ran = merged.run(0);
  CHECK(ran.out == "again here\n");
  CHECK(ran.status == 3);
}

TEST_CASE("the job's script is Slurm's own file: its name, its mode, and what is beside it") {
  const TemporaryFolder folder;
  const Merged merged(
      {make_call(folder, {"j"}, "#!/bin/bash\necho \"$0\" \"${BASH_SOURCE[0]}\"; cat /proc/$$/comm; stat -c %a \"$0\"\n")},
      folder);
  const auto ran = merged.run(0);
  CHECK(ran.out == merged.spool_file(0) + " " + merged.spool_file(0) + "\nslurm_script\n700\n");
  CHECK(ran.err == "");
  CHECK(names_in(std::filesystem::path(merged.spool_file(0)).parent_path()) == std::set<std::string>{"slurm_script"});
  CHECK(util::read_file(merged.spool_file(0)).value_or("") == *merged.plan().jobs[0].job.script);
}

TEST_CASE("a file that is not slurmd's copy for this job is left as it is, and the script is run from a private folder") {
  const TemporaryFolder folder;
  const auto script = "#!/bin/bash\ndirname \"$(dirname \"$0\")\"; basename \"$0\"; stat -c %a \"$0\" \"$(dirname \"$0\")\"\n";
  const Merged merged({make_call(folder, {"j"}, script)}, folder);
  std::vector<Merged::Conditions> all(3);
  all[0].file = folder / "sarray.slurm";                 // by hand: bash sarray.slurm
  all[1].file = folder / "spool/job04711/slurm_script";  // another job's
  all[2].file = folder / "mine/job04712/slurm_script.bak";
  if (::geteuid() == 0) {
    all.emplace_back();
    all.back().owner = 65534;  // somebody else's
  }
  for (const auto& conditions : all) {
    const auto file = conditions.file.empty() ? merged.spool_file(0) : conditions.file;
    CAPTURE(file);
    const auto ran = merged.run(0, {}, conditions);
    CHECK(ran.err == "");
    CHECK(ran.out == folder / "scratch" + "\nslurm_script\n700\n700\n");
    CHECK(util::read_file(file).value_or("") == merged.script());
  }
}

TEST_CASE("a soft limit on the size of files that the calls share does not keep the script from being written") {
  const TemporaryFolder folder;
  const auto script = "#!/bin/bash\nulimit -S -f; grep -E '^Sig(Ign|Blk)' /proc/$$/status | sort -u | wc -l; echo \"$0\"\n" +
                      std::string(8000, '#') + "\n";
  std::vector<slurm::Call> calls(40,
                                 make_call(folder, {"j", std::string(300, 'a')}, script));  // their page is too long for a pipe
  for (std::size_t i = 0; i < calls.size(); ++i) calls[i].argv.push_back(std::to_string(i) + std::string(300, 'b'));
  const Merged merged(calls, folder);
  Merged::Conditions conditions;
  for (const rlim_t bytes : {0, 1024, 4096}) {
    conditions.file_size = bytes;
    const auto ran = merged.run(39, {}, conditions);
    CHECK(ran.err == "");
    CHECK(ran.status == 0);
    CHECK(ran.out == std::to_string(bytes / 1024) + "\n2\n" + merged.spool_file(39) + "\n");
  }
}

TEST_CASE("an interpreter without a slash is the one in the working directory, as the kernel has it") {
  const TemporaryFolder folder;
  REQUIRE(util::write_file_atomically(folder / "sh", "#!/bin/sh\necho own\n", 0755));
  const Merged merged({make_call(folder, {"j"}, "#!sh\n"), make_call(folder, {"j"}, "#!bash\necho run\n")}, folder);
  CHECK(merged.run(0).out == "own\n");
  const auto missing = merged.run(1);
  CHECK(missing.out == "");
  CHECK(missing.err == "slurmstepd-node1: error: execve(): bad interpreter(bash): No such file or directory\n");
}

TEST_CASE("few descriptors may be open") {
  const TemporaryFolder folder;
  const Merged merged({make_call(folder, {"j"}, "#!/bin/bash\necho \"$0\"\n")}, folder);
  for (const rlim_t descriptors : {256, 64, 16, 8}) {
    Merged::Conditions conditions;
    conditions.descriptors = descriptors;
    const auto ran = merged.run(0, {}, conditions);
    CHECK(ran.status == 0);
    CHECK(ran.err == "");
    CHECK(ran.out == merged.spool_file(0) + "\n");
  }
}

TEST_CASE("a script that ends in a carriage return does not spoil the whole array") {
  const TemporaryFolder folder;
  const std::string script = "#!/bin/sh\necho one\nexit 4\r";
  const Merged merged({make_call(folder, {"j"}, script), make_call(folder, {"j"}, "#!/bin/sh\necho two\n")}, folder);
  CHECK(merged.script().find("\r\n") == std::string::npos);  // which sbatch refuses
  CHECK(merged.run(0).out == "one\n");
  CHECK(merged.run(1).out == "two\n");
}

TEST_CASE("nothing is left behind") {
  const TemporaryFolder folder;
  auto call = make_call(folder, {"j"}, probe(folder.path(), "exit 0"));
  std::filesystem::create_directory(folder / "tmp");
  call.environment.set("TMPDIR", folder / "tmp");
  const Merged merged({call, make_call(folder, {"j"}, probe(folder.path(), "", "#!/usr/bin/env -S sh"))}, folder);
  CHECK(merged.run(0).seen);
  CHECK(merged.run(1).seen);
  CHECK(names_in(folder / "tmp").empty());
  CHECK(names_in(folder / "scratch").empty());
}

TEST_CASE("many jobs: every page, the first and last task of each") {
  const TemporaryFolder folder;
  std::vector<slurm::Call> calls;
  const auto script = probe(folder.path());
  auto call = make_call(folder, {"j"}, script);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    call.argv = {"sbatch", "-a0-2", "j", "--seed=" + std::to_string(i), std::string(i % 90, 'p')};
    calls.push_back(call);
  }
  const Merged merged(calls, folder);
  for (const std::uint32_t job : {0, 1, 126, 127, 128, 129, 255, 256, 511, 512, 640, 767, 768, 895, 896, 998, 999}) {
    for (const std::uint32_t task : {0, 2}) {
      const auto ran = merged.run(job * 3 + task);
      CHECK(ran.argv == Words{"--seed=" + std::to_string(job), std::string(job % 90, 'p')});
      const auto id = "SLURM_ARRAY_TASK_ID=" + std::to_string(task);
      CHECK(std::binary_search(ran.environment.begin(), ran.environment.end(), id));
    }
  }
}

TEST_CASE("a page of a large table is read from its file beside the script, or else from the script") {
  const TemporaryFolder folder;
  std::vector<slurm::Call> calls;
  auto call = make_call(folder, {"j"}, probe(folder.path()));
  for (int i = 0; i < 1100; ++i) {
    call.argv = {"sbatch", "j", "--seed=" + std::to_string(i), std::to_string(i % 7) + std::string(150, 'p')};
    calls.push_back(call);
  }
  const Merged merged(calls, folder);
  REQUIRE(merged.rendered().page_files.size() == 2);
  const auto check = [&](std::uint32_t index, const std::string& script) {
    CAPTURE(index);
    const auto ran = merged.run(index, script, {});
    CHECK(ran.status == 0);
    CHECK(ran.err == "");
    CHECK(ran.argv == Words{"--seed=" + std::to_string(index), std::to_string(index % 7) + std::string(150, 'p')});
  };
  // The script's own table is another one: so these come from the files.
  auto other = merged.script();
  for (auto at = other.find("ppp", other.rfind("\fpage ")); at != std::string::npos; at = other.find("ppp", at))
    other.replace(at, 3, "qqq");
  for (const std::uint32_t index : {0, 127, 128, 1023, 1024, 1099}) check(index, other);
  // As if sarray's folder were not there on the node, or its disk had been full.
  const auto first = merged.page_folder() + "/0";
  for (const auto& damaged : {std::string(), merged.rendered().page_files[0].substr(1), merged.rendered().page_files[0] + "x"}) {
    REQUIRE(util::write_file_atomically(first, damaged));
    check(1, merged.script());
  }
  std::filesystem::remove_all(merged.page_folder());
  for (const std::uint32_t index : {0, 1099}) check(index, merged.script());
  // By hand only the script counts.
  Merged::Conditions by_hand;
  by_hand.by_sarray = false;
  CHECK(merged.run(3, merged.script(), by_hand).argv.front() == "--seed=3");
}

TEST_CASE("a damaged script is refused in one line, and nothing of it runs") {
  const TemporaryFolder folder;
  for (const std::string shebang : {"#!/bin/sh", "#!/usr/bin/env -S sh"}) {
    const auto script = probe(folder.path(), "exit 0 # the end\n", shebang);
    const Merged merged({make_call(folder, {"j", "--seed=1"}, script), make_call(folder, {"j", "--seed=2"}, script)}, folder);
    const auto at = merged.script().find(script);
    REQUIRE(at != std::string::npos);
    for (const auto offset : {std::size_t{2}, script.size() / 2, script.size() - 1}) {
      auto damaged = merged.script();
      damaged[at + offset] = static_cast<char>(damaged[at + offset] ^ 1);
      check_refused(merged.run(1, damaged), "the batch script is damaged");
    }
    check_refused(merged.run(1, merged.script().substr(0, at + 20)), "the batch script is cut short");
    check_refused(merged.run(1, merged.script().substr(0, merged.script().rfind('\f') - 5)), "the batch script is cut short");
    CHECK(merged.run(1).seen);
    std::filesystem::remove_all(folder / "links");
  }
}

TEST_CASE("what sarray itself has submitted is checked by lengths and by what is before and after it, without a process") {
  const TemporaryFolder folder;
  const auto script = probe(folder.path(), "exit 0 # the end\n"), other = probe(folder.path(), "exit 1 # the end\n");
  const Merged merged({make_call(folder, {"j", "--seed=1"}, script), make_call(folder, {"j", "--seed=2"}, other)}, folder);
  const auto data = merged.script().find("--- script 1\n"), at = merged.script().find(other);
  REQUIRE(at != std::string::npos);
  auto shifted = merged.script(), shorter = merged.script(), longer = merged.script();
  shifted.insert(data, "x");
  shorter.erase(at + 30, 1);
  longer.insert(at + 30, "x");
  const Merged::Conditions by_sarray;
  for (const auto& bytes : {shifted, shorter, longer}) {
    const auto ran = merged.run(1, bytes, by_sarray);
    CHECK(ran.status == 125);
    CHECK_FALSE(ran.seen);
    CHECK_MESSAGE(ran.err.find("the batch script is ") != std::string::npos, ran.err);
  }
  CHECK(merged.run(1, merged.script().substr(0, at + 20), by_sarray).status == 125);
  const auto ran = merged.run(1, {}, by_sarray);
  CHECK(ran.status == 1);
  CHECK(ran.script == other);
}

TEST_CASE("any damaged byte of the table is refused, and nothing runs") {
  const TemporaryFolder folder;
  const auto script = probe(folder.path());
  const Merged merged({make_call(folder, {"j", "--seed=1"}, script), make_call(folder, {"-a0-1", "j", "--seed=2"}, script)},
                      folder);
  const auto table = merged.script().rfind("\fpage ") + 1;
  REQUIRE(table > 1);
  const auto size = merged.script().rfind('\f');
  for (auto at = table; at < size; at += 1 + (size - table) / 40) {
    CAPTURE(at - table);
    auto damaged = merged.script();
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    check_refused(merged.run(1, damaged), "the batch script is damaged");
  }
  auto edited = merged.script();  // what a person's editor does: the same page, a byte longer
  edited.replace(edited.find("--seed=", table), 7, "--speed=");
  check_refused(merged.run(1, edited), "the batch script is damaged");
}

TEST_CASE("data that would be too long for the cluster is packed, and every task is still itself") {
  const TemporaryFolder folder;
  test::RandomBytes random(9);
  std::vector<slurm::Call> calls;
  for (int i = 0; i < 300; ++i) {
    std::string tail = "exit 0\n";
    for (int line = 0; line < 20; ++line) tail += "# " + std::to_string(random.number(1000000)) + " of the job's own\n";
    calls.push_back(make_call(folder, {"j", "--seed=" + std::to_string(i)}, probe(folder.path(), tail)));
  }
  calls[299].script = std::make_shared<const std::string>(probe(folder.path(), "exit 0\n" + std::string(150000, '#') + "\n\n\n"));
  const Merged plain(calls, folder);
  std::filesystem::remove_all(folder / "links");
  std::filesystem::remove_all(folder / "scratch");
  const Merged packed(calls, folder, 200000);
  CHECK(plain.script().size() > 200000);
  CHECK(packed.script().size() < plain.script().size() / 2);
  for (const std::uint32_t i : {0, 1, 62, 63, 64, 127, 128, 150, 298, 299}) {
    CAPTURE(i);
    const auto ran = packed.run(i);
    CHECK(ran.status == 0);
    CHECK(ran.err == "");
    CHECK(ran.argv == Words{"--seed=" + std::to_string(i)});
    const bool same = ran.script == *calls[i].script;
    CHECK(same);
  }
  // A damaged byte is met where it stands in what the task reads: then nothing runs. Elsewhere the task is as it was.
  int refused = 0;
  for (std::size_t back = 100; back <= 1000; back += 100) {
    CAPTURE(back);
    auto damaged = packed.script();
    auto& byte = damaged[damaged.size() - back];
    byte = byte == 'A' ? 'B' : 'A';
    const auto ran = packed.run(299, damaged);
    const bool is_refused = ran.status == 125 && !ran.seen;
    const bool is_right = ran.status == 0 && ran.argv == Words{"--seed=299"} && ran.script == *calls[299].script;
    CHECK((is_refused || is_right));
    refused += is_refused ? 1 : 0;
  }
  CHECK(refused > 0);
}

TEST_CASE("an index that no job has is refused") {
  const TemporaryFolder folder;
  const Merged merged({make_call(folder, {"j"}, probe(folder.path()))}, folder);
  check_refused(merged.run(1), "no record of its index");
}
