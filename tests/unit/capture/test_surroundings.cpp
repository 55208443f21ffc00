#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support.hpp"
#include "capture/surroundings.hpp"
#include "util/fd.hpp"
#include "util/traces.hpp"

using namespace sarray;
using util::clean_path;

namespace {

using Entries = std::vector<std::string>;

Entries cleaned(Entries entries) {
  std::vector<char*> pointers;
  for (auto& entry : entries) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  return capture::clean_environment(pointers.data()).entries();
}

}  // namespace

TEST_CASE("clean_path takes our folder out, wherever it stands, and nothing else") {
  CHECK(clean_path("/s/bin:/usr/bin:/bin", "/s/bin") == "/usr/bin:/bin");
  CHECK(clean_path("/usr/bin:/s/bin:/bin", "/s/bin") == "/usr/bin:/bin");
  CHECK(clean_path("/usr/bin:/s/bin", "/s/bin") == "/usr/bin");
  CHECK(clean_path("/s/bin:/usr/bin:/s/bin", "/s/bin") == "/usr/bin");
  CHECK(clean_path("/s/bin", "/s/bin") == "");
  CHECK(clean_path("/s/bin2:/s:/s/bin/x", "/s/bin") == "/s/bin2:/s:/s/bin/x");
  CHECK(clean_path("/usr/bin", "/s/bin") == "/usr/bin");
  CHECK(clean_path("", "/s/bin") == "");
}

TEST_CASE("clean_path keeps empty parts, which mean the current folder") {
  CHECK(clean_path("/s/bin::/bin", "/s/bin") == ":/bin");
  CHECK(clean_path(":/s/bin:/bin", "/s/bin") == ":/bin");
  CHECK(clean_path("/bin::/s/bin", "/s/bin") == "/bin:");
  CHECK(clean_path("/s/bin:/bin:", "/s/bin") == "/bin:");
  CHECK(clean_path("::", "/s/bin") == "::");
  CHECK(clean_path("/a::/b", "") == "/a::/b");
}

TEST_CASE("clean_path takes out the folders of every session, and guards: what follows is not Slurm's sbatch") {
  const std::string session = "/home/ada/.local/state/sarray/sessions/20261126-035543.283-ad07/bin";
  CHECK(clean_path(session + ":/tmp/sarray-guard-0123456789abcdef:/usr/bin", "") == "/usr/bin");
  CHECK(clean_path("/usr/bin:" + session, "/s/bin") == "/usr/bin");
  CHECK(clean_path("/x/sessions/mine/bin:/sessions/20261126-035543x283-ad07/bin", "") ==
        "/x/sessions/mine/bin:/sessions/20261126-035543x283-ad07/bin");
}

TEST_CASE("clean_preload takes out the libraries of sessions, and keeps the user's in their order") {
  CHECK(util::clean_preload("/s/sarray-intercept.so").empty());
  CHECK(util::clean_preload("/a.so:/s/sarray-intercept.so:b.so") == "/a.so:b.so");
  CHECK(util::clean_preload("/a.so /s/sarray-intercept.so") == "/a.so");
  CHECK(util::clean_preload("/a.so::b.so") == "/a.so:b.so");
  CHECK(util::clean_preload("").empty());
  CHECK(cleaned({"LD_PRELOAD=/t/sarray-intercept.so", "A=1"}) == Entries{"A=1"});
  CHECK(cleaned({"LD_PRELOAD=x.so:/t/sarray-intercept.so"}) == Entries{"LD_PRELOAD=x.so"});
  CHECK(cleaned({"LD_PRELOAD=x.so y.so"}) == Entries{"LD_PRELOAD=x.so y.so"});
}

TEST_CASE("clean_value: what a session sets, wherever it is listed") {
  const std::string session = "/h/sessions/20261126-035543.283-ad07";
  CHECK(!util::clean_value("SARRAY_BIN", "x"));
  CHECK(!util::clean_value("BASH_ENV", session + "/child.bash"));
  CHECK(util::clean_value("BASH_ENV", "/home/me/env.bash") == "/home/me/env.bash");
  CHECK(util::clean_value("PATH", session + "/bin:/bin") == "/bin");
  CHECK(!util::clean_value("LD_PRELOAD", session + "/sarray-intercept.so"));
  CHECK(util::clean_value("LD_PRELOAD", "") == "");
  CHECK(util::clean_value("A", session + "/bin") == session + "/bin");
}

TEST_CASE("clean_environment: the last program is not one of a session's") {
  CHECK(cleaned({"PATH=/bin", "_=/h/sessions/20261126-035543.283-ad07/bin/sh"}) == Entries{"PATH=/bin", "_=/bin/sh"});
  CHECK(cleaned({"PATH=/nonexistent", "_=/h/sessions/20261126-035543.283-ad07/bin/sh"}) == Entries{"PATH=/nonexistent"});
  CHECK(cleaned({"_=/bin/env"}) == Entries{"_=/bin/env"});
}

TEST_CASE("clean_environment: none of our variables, our folder out of PATH") {
  CHECK(cleaned({"A=1", "SARRAY_SESSION=x", "SARRAY_BIN=/s/bin", "PATH=/s/bin:/bin", "SARRAY_OF_TOMORROW=1", "SARRAYED=2"}) ==
        Entries{"A=1", "PATH=/bin", "SARRAYED=2"});
  // In whatever order they come.
  CHECK(cleaned({"PATH=/s/bin:/bin", "SARRAY_BIN=/s/bin"}) == Entries{"PATH=/bin"});
  CHECK(cleaned({"PATH=/s/bin:/bin"}) == Entries{"PATH=/s/bin:/bin"});
  CHECK(cleaned({}).empty());
}

TEST_CASE("clean_environment: BASH_ENV as it was before the session") {
  CHECK(cleaned({"SARRAY_BIN=/s/bin", "BASH_ENV=/s/child.bash", "SARRAY_BASH_ENV=/home/ada/env"}) ==
        Entries{"BASH_ENV=/home/ada/env"});
  CHECK(cleaned({"SARRAY_BIN=/s/bin", "BASH_ENV=/s/child.bash", "SARRAY_BASH_ENV="}) == Entries{});
  CHECK(cleaned({"SARRAY_BIN=/s/bin", "BASH_ENV=/home/ada/own", "SARRAY_BASH_ENV="}) ==
        Entries{"BASH_ENV=/home/ada/own"});                                         // set inside
  CHECK(cleaned({"BASH_ENV=/home/ada/env"}) == Entries{"BASH_ENV=/home/ada/env"});  // outside a session it is the user's
  CHECK(cleaned({"BASH_ENV_OTHER=1", "SARRAY_BIN=/s/bin", "BASH_ENV=/s/child.bash", "SARRAY_BASH_ENV="}) ==
        Entries{"BASH_ENV_OTHER=1"});
}

TEST_CASE("clean_environment keeps everything else as it is: odd names, functions, bytes") {
  const Entries odd = {"A=x=y\n\t\xff", "BASH_FUNC_f%%=() { :; }", "E=", "a.b=1"};
  CHECK(cleaned(odd) == odd);
}

TEST_CASE("the umask is read and not changed") {
  const auto before = ::umask(0137);
  CHECK(capture::current_umask() == 0137);
  CHECK(::umask(before) == 0137);
}

TEST_CASE("the soft limits, in the order of their names") {
  rlimit saved{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &saved) == 0);
  const rlimit lowered{100, saved.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &lowered) == 0);
  const auto limits = capture::current_limits();
  ::setrlimit(RLIMIT_NOFILE, &saved);
  for (std::size_t i = 0; i < limits.size(); ++i) {
    CAPTURE(slurm::limit_names[i]);
    if (slurm::limit_names[i] == "NOFILE") CHECK(limits[i] == 100);
    if (slurm::limit_names[i] == "STACK") {
      rlimit stack{};
      ::getrlimit(RLIMIT_STACK, &stack);
      CHECK(limits[i] == (stack.rlim_cur == RLIM_INFINITY ? slurm::unlimited : stack.rlim_cur));
    }
  }
}

TEST_CASE("the real sbatch is the first that is not this program under another name") {
  test::TemporaryFolder folder;
  for (const char* name : {"ours", "other", "third"}) std::filesystem::create_directory(folder / name);
  std::filesystem::create_symlink(std::filesystem::read_symlink("/proc/self/exe"), folder / "ours/sbatch");
  const auto path = folder.path() + "/ours:" + folder.path() + "/other:" + folder.path() + "/third";
  CHECK(capture::find_real_sbatch(path).value() == "");
  REQUIRE(util::write_file_atomically(folder / "other/sbatch", "#!/bin/sh\n", 0644));
  REQUIRE(util::write_file_atomically(folder / "third/sbatch", "#!/bin/sh\n", 0755));
  CHECK(capture::find_real_sbatch(path).value() == folder / "third/sbatch");
  // One that cannot be looked at: the next one may be another Slurm's.
  std::filesystem::remove(folder / "other/sbatch");
  std::filesystem::create_symlink("sbatch", folder / "other/sbatch");
  const auto found = capture::find_real_sbatch(path);
  REQUIRE_FALSE(found);
  CHECK(found.error().what == folder / "other/sbatch");
}

TEST_CASE("a job that was given to the real sbatch inside a session is told from the job that the session is in") {
  test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "bin");
  const auto bin = folder / "bin";
  const auto inner = [&](const char* job, const char* outer) {
    job != nullptr ? ::setenv("SLURM_JOB_ID", job, 1) : ::unsetenv("SLURM_JOB_ID");
    outer != nullptr ? ::setenv("SARRAY_OUTER_JOB", outer, 1) : ::unsetenv("SARRAY_OUTER_JOB");
    return capture::find_inner_job();
  };
  ::setenv("SARRAY_BIN", bin.c_str(), 1);
  CHECK(inner(nullptr, "") == "");
  CHECK(inner("17", "17") == "");
  CHECK(inner("18", "17") == "18");
  CHECK(inner("18", "") == "18");
  CHECK(inner(nullptr, "17") == "");
  // export SLURM_JOB_ID=$(sbatch --parsable ...): a virtual id is not a job of Slurm's.
  CHECK(inner("2000000001", "") == "");
  CHECK(inner("2000000000", "") == "2000000000");
  CHECK(inner("2147483648", "") == "2147483648");
  // The same without --parsable, and with a cluster's name: Slurm's own ids are numbers.
  for (const char* text :
       {"Submitted batch job 2000000001", "2000000001;sarray", "2000000001_3", "x", " 18", "+18", "-18", "18x"}) {
    CAPTURE(text);
    CHECK(inner(text, "") == "");
  }
  // Without our variables, what `listen` left beside the programs counts.
  CHECK(inner("17", nullptr) == "");  // an older session: nothing was left
  REQUIRE(util::write_file_atomically(folder / capture::outer_job_file, "17"));
  CHECK(inner("17", nullptr) == "");
  CHECK(inner("18", nullptr) == "18");
  for (const char* name : {"SLURM_JOB_ID", "SARRAY_OUTER_JOB", "SARRAY_BIN"}) ::unsetenv(name);
}
