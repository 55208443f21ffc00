// The dispatcher itself: a merged batch script is rendered, and its tasks are run as slurmd runs them.
#include <doctest/doctest.h>

#include "dispatch_support.hpp"

using namespace sarray;
using test::difference;
using test::make_call;
using test::Merged;
using test::probe;
using test::TemporaryFolder;
using test::Words;

namespace {

slurm::Call make_call(const TemporaryFolder& folder, const Words& words = {"j"}) {
  return make_call(folder, words, probe(folder.path()));
}

}  // namespace

TEST_CASE("a plain job: argv, directory, umask, script, environment, and no SLURM_ARRAY_* at all") {
  const TemporaryFolder folder;
  auto call = make_call(folder, {"-J", "name", "j", "a b", "", "c\nd"});
  call.umask = 027;
  const Merged merged({call, make_call(folder)}, folder);
  const auto ran = merged.run(0);
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  CHECK(ran.interpreter == "/bin/sh");
  CHECK(ran.argv == Words{"a b", "", "c\nd"});
  CHECK(ran.directory == folder.path() + "\n");
  CHECK(ran.umask == "0027\n");
  CHECK(ran.script == *call.script);
  CHECK(difference(ran.environment, merged.expected_environment(0, 0)).empty());
  for (const auto& entry : ran.environment) CHECK_FALSE(entry.starts_with("SLURM_ARRAY_"));
}

TEST_CASE("an array job among others: its own ids, count, min, max, step and job id") {
  const TemporaryFolder folder;
  const Merged merged({make_call(folder), make_call(folder, {"-a3-11:4,20", "j", "mine"}), make_call(folder)}, folder);
  for (std::uint32_t nth = 0; nth < 4; ++nth) {
    const auto ran = merged.run(1 + nth);
    CHECK(ran.argv == Words{"mine"});
    CHECK(difference(ran.environment, merged.expected_environment(1, 1 + nth, nth)) == "");
  }
  const auto last = merged.run(4).environment;
  for (const char* entry : {"SLURM_ARRAY_JOB_ID=2000000002", "SLURM_ARRAY_TASK_ID=20", "SLURM_ARRAY_TASK_COUNT=4",
                            "SLURM_ARRAY_TASK_MIN=3", "SLURM_ARRAY_TASK_MAX=20", "SLURM_ARRAY_TASK_STEP=4",
                            "SARRAY_ARRAY_JOB_ID=4711", "SARRAY_ARRAY_TASK_ID=4", "SARRAY_JOB_ID=2000000002"}) {
    CAPTURE(entry);
    CHECK(std::binary_search(last.begin(), last.end(), std::string(entry)));
  }
  CHECK(merged.run(5).argv.empty());
}

TEST_CASE("arguments of any bytes") {
  const TemporaryFolder folder;
  test::RandomBytes random(8);
  std::vector<slurm::Call> calls;
  for (int job = 0; job < 12; ++job) {
    Words words = {"j"};
    for (unsigned n = 1 + random.number(6); n > 0; --n) words.push_back("." + random.text(8));  // ":" alone would be sbatch's
    calls.push_back(make_call(folder, words));
  }
  Words every = {"j"};
  for (int byte = 1; byte < 256; ++byte) every.push_back({'.', static_cast<char>(byte)});
  calls.push_back(make_call(folder, every));
  calls.push_back(make_call(folder, {"j", "--", "-n", "$(touch x)", "`id`", "*", "~", "\\-", "%s", "\\c", "\\0101"}));
  const Merged merged(calls, folder);
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    CAPTURE(i);
    const auto& words = calls[i].argv;
    CHECK(merged.run(i).argv == Words(words.begin() + 2, words.end()));
  }
}

TEST_CASE("random strings come through the dispatcher: as arguments, and as values of the environment") {
  const TemporaryFolder folder;
  test::RandomBytes random(9);
  std::vector<slurm::Call> calls;
  const int jobs = test::is_quick() ? 4 : 40;  // 2,500 strings each
  for (int job = 0; job < jobs; ++job) {
    Words words = {"j"};
    for (int n = 0; n < 2300; ++n) words.push_back("." + random.text(12));
    Words entries = {"HOME=/home/ada", "PATH=/usr/bin:/bin", "PWD=/home/ada", "SHLVL=1"};
    for (int n = 0; n < 200; ++n) entries.push_back("V" + std::to_string(n) + "=" + random.text(12));
    calls.push_back(make_call(folder, words));
    calls.back().environment = util::Environment::from_entries(std::move(entries));
  }
  const Merged merged(calls, folder);
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    CAPTURE(i);
    const auto ran = merged.run(i);
    CHECK(ran.argv == Words(calls[i].argv.begin() + 2, calls[i].argv.end()));
    CHECK(difference(ran.environment, merged.expected_environment(i, i)) == "");
  }
}

TEST_CASE("environments that differ: set, unset, empty, any bytes, names that bash cannot hold") {
  const TemporaryFolder folder;
  auto first = make_call(folder);
  first.environment =
      util::Environment::from_entries({"HOME=/home/ada", "ONLY_FIRST=1", "PATH=/usr/bin:/bin", "BOTH=one", "SHLVL=2", "PWD=/x",
                                       "_=/bin/x", "LC_ALL=C", "TMPDIR=/nonexistent", "EMPTY="});
  auto second = make_call(folder);
  second.environment = util::Environment::from_entries(
      {"-S/bin/echo WRONG=RUN", "--chdir=/", "-=1", "PATH=/usr/bin:/bin:/other", "BOTH=two\nlines\t\\ '\"$(id)`\xff\x01",
       "a.b=dot", "a b=blank", "BASH_FUNC_f%%=() {  echo hi\n}", "IFS=,", "LC_ALL=", "LC_CTYPE=en_US.UTF-8", "OLDPWD=/old",
       "PWD=/elsewhere", "SHLVL=9", "_=/usr/bin/sbatch", "1=one", "\xc3\xa9=e", "A~B=tilde", "A-B=x=y"});
  auto third = make_call(folder);  // almost nothing: no PATH, no SHLVL, no PWD, no _
  third.environment = util::Environment::from_entries({"X=1"});
  const Merged merged({first, second, third}, folder);
  for (std::uint32_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    const auto ran = merged.run(i);
    CHECK(ran.status == 0);
    CHECK(ran.err == "");
    CHECK(difference(ran.environment, merged.expected_environment(i, i)) == "");
  }
}

TEST_CASE("the first job's environment is no trouble for the dispatcher's own bash") {
  const TemporaryFolder folder;
  for (const Words& entries :
       {Words{"X=1"}, Words{"PATH=/nonexistent"}, Words{"PATH="}, Words{"PATH=/usr/bin:/bin", "FUNCNEST=1", "EXECIGNORE=*"},
        Words{"POSIX_PEDANTIC=1", "POSIXLY_CORRECT=1", "BASH_COMPAT=4.2", "GLOBIGNORE=*", "IFS=0123456789", "TMOUT=1"}}) {
    auto call = make_call(folder, {"j", "x"});
    call.environment = util::Environment::from_entries(entries);
    const Merged merged({call, make_call(folder)}, folder);
    for (std::uint32_t i = 0; i < 2; ++i) {
      CAPTURE(entries.front());
      CAPTURE(i);
      const auto ran = merged.run(i);
      CHECK(ran.err == "");
      CHECK(difference(ran.environment, merged.expected_environment(i, i)) == "");
    }
    std::filesystem::remove_all(folder / "links");
  }
}

TEST_CASE("every variable that bash knows can be a job's own") {
  const TemporaryFolder folder;
  // Some of them would confuse a shell: this prints what it was given, and no more.
  const std::string script = "#!/bin/cat\n";
  const auto plain = make_call(folder, {"j", "/proc/self/environ"}, script);
  auto names = util::run({{"bash", "-c", "compgen -v"}, std::vector<std::string>{"PATH=/usr/bin:/bin"}, {}, {}, {}})->out;
  names +=
      "BASH_ARGV0\nBASH_CMDS\nBASH_ALIASES\nBASH_COMPAT\nBASH_ENV\nBASH_LOADABLES_PATH\nBASH_MONOSECONDS\nBASH_REMATCH\nBASH_TRAPSIG\n"
      "BASH_XTRACEFD\nCHILD_MAX\nCOLUMNS\nCOMP_CWORD\nCOMP_LINE\nCOMPREPLY\nCOPROC\nEMACS\nENV\nEPOCHREALTIME\nEXECIGNORE\nFCEDIT\nFIGNORE\n"
      "FUNCNEST\nGLOBIGNORE\nGLOBSORT\nHISTFILE\nHISTSIZE\nHISTTIMEFORMAT\nHOSTFILE\nIGNOREEOF\nINPUTRC\nINSIDE_EMACS\nLANG\nLANGUAGE\n"
      "LC_ALL\nLC_COLLATE\nLC_MESSAGES\nLINES\nMAIL\nMAILCHECK\nMAPFILE\nOLDPWD\nPOSIX_PEDANTIC\nPOSIXLY_CORRECT\nPROMPT_COMMAND\nPS0\nPS1\nPS2\nPS3\n"
      "READLINE_LINE\nREPLY\nSRANDOM\nSHELL\nTERM\nTIMEFORMAT\nTMOUT\nTMPDIR\nTZ\nauto_resume\nhistchars\n";
  auto with_all = plain;
  for (std::size_t at = 0; at < names.size();) {
    const auto end = names.find('\n', at);
    with_all.environment.set(names.substr(at, end - at), "odd value 7");
    at = end + 1;
  }
  const std::vector<std::vector<slurm::Call>> orders = {{plain, with_all}, {with_all, plain}};
  for (const auto& calls : orders) {
    const Merged merged(calls, folder);
    for (std::uint32_t i = 0; i < 2; ++i) {
      CAPTURE(i);
      const auto ran = merged.run(i);
      CHECK(ran.err == "");
      REQUIRE(ran.out.starts_with(script));
      auto entries = test::split_at_zero(ran.out.substr(script.size()));
      std::sort(entries.begin(), entries.end());
      CHECK(difference(entries, merged.expected_environment(i, i)) == "");
    }
    std::filesystem::remove_all(folder / "links");
  }
}

TEST_CASE("any SHLVL stays what it was, and bash does not remark upon it") {
  const TemporaryFolder folder;
  std::vector<slurm::Call> calls;
  for (const char* level : {"1000", "0", "1", "999", "998", "-1", "007", "", "x", "99999999999"}) {
    calls.push_back(make_call(folder));
    calls.back().environment.set("SHLVL", level);
  }
  for (std::size_t first = 0; first < calls.size(); ++first) {
    const Merged merged({calls[first], calls[0], calls[1]}, folder);
    for (std::uint32_t i = 0; i < 3; ++i) {
      CAPTURE(first);
      CAPTURE(i);
      const auto ran = merged.run(i);
      CHECK(ran.err == "");
      CHECK(difference(ran.environment, merged.expected_environment(i, i)) == "");
    }
    std::filesystem::remove_all(folder / "links");
  }
}

TEST_CASE("a plain job that was submitted from within an array inherits what it would have inherited") {
  const TemporaryFolder folder;
  auto call = make_call(folder);
  call.environment.set("SLURM_ARRAY_TASK_ID", "77");
  const Merged merged({make_call(folder), call}, folder);
  CHECK(difference(merged.run(1).environment, merged.expected_environment(1, 1)) == "");
}

TEST_CASE("directories and umasks that differ") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "sub/it's a \"folder\"\n\xff");
  auto second = make_call(folder, {"-D", "sub/it's a \"folder\"\n\xff", "j"});
  second.umask = 0;
  auto third = make_call(folder);
  third.umask = 0777;
  const Merged merged({make_call(folder), second, third}, folder);
  CHECK(merged.run(0).umask == "0022\n");
  const auto ran = merged.run(1);
  CHECK(ran.directory == folder /
                             "sub/it's a \"folder\"\n\xff"
                             "\n");
  CHECK(ran.umask == "0000\n");
  CHECK(difference(ran.environment, merged.expected_environment(1, 1)) == "");  // no OLDPWD of the dispatcher's
}

TEST_CASE("a directory that is gone: Slurm's own words, and /tmp") {
  const TemporaryFolder folder;
  const Merged merged({make_call(folder, {"-o", "none", "j"}), make_call(folder, {"-o", "none", "-D", "/nonexistent/x", "j"})},
                      folder);
  const auto ran = merged.run(1);
  CHECK(ran.status == 0);
  CHECK(ran.directory == "/tmp\n");
  const std::string words =
      "slurmstepd-node1: error: couldn't chdir to `/nonexistent/x': No such file or directory: going to /tmp instead\n";
  CHECK(ran.err == words + words);
}

TEST_CASE("soft limits that differ") {
  const TemporaryFolder folder;
  const auto script = probe(folder.path(), "{ ulimit -Sn; ulimit -Sc; } >$O.extra\n");
  auto second = make_call(folder, {"j"}, script);
  second.limits[7] = 128;  // NOFILE
  second.limits[4] = 0;    // CORE
  const Merged merged({make_call(folder, {"j"}, script), second}, folder);
  CHECK(merged.run(0).extra != "128\n0\n");
  CHECK(merged.run(1).extra == "128\n0\n");
}

TEST_CASE("the exit status and a signal are the job's own") {
  const TemporaryFolder folder;
  const Merged merged({make_call(folder, {"j"}, "#!/bin/sh\nexit 42\n"), make_call(folder, {"j"}, "#!/bin/sh\nkill -TERM $$\n"),
                       make_call(folder, {"j"}, "#!/bin/sh\nprintf out; printf err >&2\n")},
                      folder);
  CHECK(merged.run(0).status == 42);
  CHECK(merged.run(1).status == 128 + 15);
  const auto ran = merged.run(2);
  CHECK(ran.out == "out");
  CHECK(ran.err == "err");
}
