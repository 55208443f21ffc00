// Fills a session's journal as that many sbatch calls would, without starting that many processes.
//
//   bench_fill KIND COUNT SCRIPT    in $SARRAY_STATE_DIR; prints the session's name
//
// KIND: arguments (they differ in one), scripts (each has bytes of its own), environments (they differ in one variable),
// ids (one job with COUNT array ids), chains (COUNT jobs in chains of three, each waits for the one before).
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "store/session.hpp"
#include "util/fd.hpp"

extern char** environ;

using namespace sarray;

namespace {

slurm::Call make_call(const std::string& script_path, const std::string& script) {
  slurm::Call call;
  call.environment = util::Environment::from_entries(std::vector<std::string>(environ, [] {
    auto end = environ;
    while (*end != nullptr) ++end;
    return end;
  }()));
  call.directory = script_path.substr(0, script_path.rfind('/'));
  call.limits.fill(slurm::unlimited);
  call.host = "login1";
  call.script_path = script_path;
  call.script = std::make_shared<const std::string>(script);
  return call;
}

util::Result<std::string> fill(const std::string& kind, std::uint32_t count, const std::string& path) {
  TRY(const auto script, util::read_file(path));
  TRY(const auto folder, store::StateFolder::open());
  auto call = make_call(path, script);
  TRY(auto session, store::Session::create(folder, call.environment));
  const bool is_one_job = kind == "ids";
  const auto calls = is_one_job ? 1 : count;
  std::uint32_t before = 0;  // the virtual id of the last job
  for (std::uint32_t i = 0; i < calls; ++i) {
    const auto number = std::to_string(i);
    call.argv = {"sbatch", "job.sh", "--input=data/part-" + std::to_string(i / 10) + ".csv", "--seed=" + number};
    if (is_one_job) call.argv.insert(call.argv.begin() + 1, "--array=0-" + std::to_string(count - 1));
    if (kind == "scripts") call.script = std::make_shared<const std::string>(script + "# call " + number + "\n");
    if (kind == "environments") call.environment.set("BENCH_SEED", number);
    if (kind == "chains") {
      const auto stage = i % 3;
      call.argv.insert(call.argv.begin() + 1, "--job-name=stage" + std::to_string(stage));
      if (stage > 0) call.argv.insert(call.argv.begin() + 1, "--dependency=afterok:" + std::to_string(before));
    }
    TRY(const auto appended, session.append(call, is_one_job ? count : 1));
    before = appended.id;
  }
  return session.name();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto name = fill(argv[1], static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)), argv[3]);
  if (!name) {
    std::fprintf(stderr, "bench_fill: %s: %s\n", name.error().what.c_str(), name.error().why.c_str());
    return 1;
  }
  std::printf("%s\n", name->c_str());
  return 0;
}
