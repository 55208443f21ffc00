#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "../support.hpp"
#include "commands/run.hpp"
#include "util/fd.hpp"
#include "util/parse.hpp"

using namespace sarray;
using Lines = std::vector<std::string>;

namespace {

/// A Slurm of shell scripts, which note what they are asked.
class StandIns {
 public:
  StandIns() {
    for (
        const auto& [name, lines] : std::vector<std::pair<std::string, std::string>>{
            {"sbatch",
             "case $1 in --version) echo slurm 22.05.8 ;; --help) ;; *) for script; do :; done; echo \"$script\" >>$folder/jobs; echo Submitted batch job $((76 + $(wc -l <$folder/jobs))) ;; esac"},
            {"scontrol",
             "[ \"$1 $2\" != 'show config' ] || printf 'MaxArraySize = 1001\\nMinJobAge = 300 sec\\nClusterName = x\\nSlurmctld(primary) at vm is UP\\n'"},
            {"squeue", "case $* in *-O*) cat \"$folder/queue\" 2>/dev/null ;; esac\ntrue"},
            {"sacct", ""},
            {"scancel", ""},
        }) {
      write(name, "#!/bin/sh\nfolder=" + m_folder.path() + "\nlog=$folder/log\necho \"${0##*/} $*\" >>\"$log\"\n" + lines + "\n");
      REQUIRE(::chmod((m_folder / name).c_str(), 0755) == 0);
    }
    write("a.sh", "#!/bin/sh\n");
    write("q", "sbatch a.sh\nsbatch a.sh\n");
  }
  void write(const std::string& name, const std::string& text) const {
    auto* file = std::fopen((m_folder / name).c_str(), "w");
    REQUIRE(file != nullptr);
    std::fputs(text.c_str(), file);
    std::fclose(file);
  }
  /// Runs a command of sarray's. @return its status.
  int run(const Lines& words) const {
    write("log", "");
    const auto child = ::fork();
    if (child == 0) {
      const auto null = ::open("/dev/null", O_RDWR);
      for (const int stream : {0, 1, 2}) ::dup2(null, stream);
      if (::chdir(m_folder.path().c_str()) != 0) ::_exit(125);
      ::setenv("PATH", (m_folder.path() + ":/usr/bin:/bin").c_str(), 1);
      ::setenv("SARRAY_STATE_DIR", (m_folder / "state").c_str(), 1);
      ::setenv("HOME", m_folder.path().c_str(), 1);
      ::unsetenv("SARRAY_SESSION");
      std::string program = "sarray";
      auto copies = words;
      std::vector<char*> argv = {program.data()};
      for (auto& word : copies) argv.push_back(word.data());
      argv.push_back(nullptr);
      const int status = commands::run(static_cast<int>(argv.size() - 1), argv.data());
      std::fflush(nullptr);
      ::_exit(status);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  /// What Slurm's commands were asked, in order; of squeue, sacct and a submission the name alone.
  [[nodiscard]] Lines asked() const {
    const auto text = util::read_file(m_folder / "log").value_or("");
    Lines lines;
    for (std::string_view rest = text; !rest.empty();) {
      std::string line(util::take_until(rest, '\n'));
      const bool has_detail =
          line.starts_with("scontrol") || line.starts_with("sbatch --version") || line.starts_with("sbatch --help");
      lines.push_back(has_detail ? line : line.substr(0, line.find(' ')));
    }
    return lines;
  }
  [[nodiscard]] std::string queue_line(const std::string& state) const {
    static const std::vector<std::size_t> widths = {14, 14, 14, 20, 12, 24, 24, 20, 70, 12, 24, 60};
    const Lines cells = {"77",
                         "0",
                         "78",
                         state,
                         "0",
                         "2026-11-23T17:31:31",
                         "NONE",
                         "0:02",
                         "n1",
                         "0",
                         "2026-11-23T17:30:00",
                         state == "PENDING" ? "Priority" : "None"};
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      auto cell = cells[i];
      cell.resize(widths[i], ' ');
      line += cell;
    }
    const auto scripts = util::read_file(m_folder / "jobs").value_or("");
    return line + scripts.substr(0, scripts.find('\n')) + "\n";  // as Slurm shows the script of the first array
  }

 private:
  test::TemporaryFolder m_folder;
};

std::ptrdiff_t count(const Lines& lines, const std::string& line) { return std::count(lines.begin(), lines.end(), line); }

}  // namespace

TEST_CASE("submit FILE asks Slurm as little as it can") {
  const StandIns slurm;
  REQUIRE(slurm.run({"submit", "q"}) == 0);
  auto asked = slurm.asked();
  std::sort(asked.begin(), asked.end());
  CHECK(asked == Lines{"sbatch", "sbatch --help", "sbatch --version", "scontrol show config"});
}

TEST_CASE("a command asks for the configuration once at most, and each question once") {
  const StandIns slurm;
  REQUIRE(slurm.run({"submit", "q"}) == 0);
  struct Row {
    Lines words;
    std::string state;  ///< of task 77_0 in the queue; empty: Slurm has forgotten all
    std::ptrdiff_t squeue;
    std::ptrdiff_t sacct;
  };
  // squeue is asked for states, by `cancel` and `retry` also for tasks that wait for these, and by `history` also for arrays that
  // nothing is noted of.
  const std::vector<Row> rows = {
      {{"status", "77"}, "RUNNING", 1, 1},
      {{"status", "77"}, "", 1, 1},
      {{"which", "77_0"}, "RUNNING", 1, 1},
      {{"hold", "77_0"}, "PENDING", 1, 1},
      {{"requeue", "77_0"}, "RUNNING", 1, 1},
      {{"history"}, "RUNNING", 2, 2},
      {{"cancel", "77_0"}, "RUNNING", 2, 1},  // and once for what waits for the task
      {{"retry", "77_0", "--state", "unknown"}, "", 2, 1},
      {{"retry", "77_0", "-n", "--state", "unknown"}, "", 1, 1},
  };
  for (const auto& row : rows) {
    std::string words;
    for (const auto& word : row.words) words += word + " ";
    CAPTURE(words);
    CAPTURE(row.state);
    slurm.write("queue", row.state.empty() ? "" : slurm.queue_line(row.state));
    CHECK(slurm.run(row.words) == 0);
    const auto asked = slurm.asked();
    CHECK(count(asked, "scontrol show config") <= 1);
    CHECK(count(asked, "sbatch --version") <= 1);
    CHECK(count(asked, "sbatch --help") <= 1);
    CHECK(count(asked, "squeue") == row.squeue);
    CHECK(count(asked, "sacct") <= row.sacct);
  }
}
