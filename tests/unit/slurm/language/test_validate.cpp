// Named cases of tests/oracle: values that sbatch 22.05 refuses, in its words and with its status.
#include <doctest/doctest.h>

#include "slurm/language/validate.hpp"

using namespace sarray;
using namespace sarray::slurm;

namespace {

/// "255 words", or "" where the value is taken.
std::string fault(const char* option, const char* value) {
  const auto found = find_fault(*find_option(option), value, Release{22, 5});
  return found ? std::to_string(found->status) + " " + found->body : "";
}

std::string error(int status, const std::string& text) { return std::to_string(status) + " sbatch: error: " + text + "\n"; }

}  // namespace

TEST_CASE("counts end sbatch with 1, other values with 255") {
  CHECK(fault("ntasks", "4") == "");
  CHECK(fault("ntasks", " +4") == "");
  CHECK(fault("ntasks", "0") == error(1, "Invalid numeric value \"0\" for --ntasks."));
  CHECK(fault("ntasks", "4 ") == error(1, "Invalid numeric value \"4 \" for --ntasks."));
  CHECK(fault("ntasks", "99999999999999999999") == error(1, "Numeric argument (9223372036854775807) to big for --ntasks."));
  CHECK(fault("core-spec", "0") == "");
  CHECK(fault("core-spec", "") == "");
  CHECK(fault("wait-all-nodes", "2") == error(255, "Invalid --wait-all-nodes specification"));
  CHECK(fault("switches", "0@5") == error(1, "Invalid numeric value \"0\" for --switches."));
}

TEST_CASE("sizes are K, M, G and T, with B or without") {
  CHECK(fault("mem", "4gb") == "");
  CHECK(fault("mem", " +4") == "");
  CHECK(fault("mem", "4GiB") == error(255, "Invalid --mem specification"));
  CHECK(fault("mem", "99999999999999999999") == error(255, "Invalid --mem specification"));
}

TEST_CASE("durations") {
  for (const char* good : {"5", "5:30", "1:2:3", "1-0", "1-2:3", "-1", "infinite"}) CHECK(fault("time", good) == "");
  for (const char* bad : {"", "5m", "1:", ":5", "1:2:3:4", "5:5-1", " 5", "-", "1-1:"}) {
    CHECK(fault("time", bad) == error(255, "Invalid --time specification"));
  }
}

TEST_CASE("moments, with the place where sbatch stops reading") {
  for (const char* good :
       {"now", "now+1hour", "now + 3 weeks", "16:00", "4:00pm", "tomorrow 8:00", "2031-01-02T03:04", "1.2.31-12:00", "0102"}) {
    CHECK(fault("begin", good) == "");
  }
  const auto bad = [](int place, const std::string& value) {
    return "255 Invalid time specification (pos=" + std::to_string(place) + "): " + value +
           "\nsbatch: error: Invalid --begin specification\n";
  };
  CHECK(fault("begin", "nowish") == bad(3, "nowish"));
  CHECK(fault("begin", "12:60") == bad(3, "12:60"));
  CHECK(fault("begin", "yesterday") == bad(0, "yesterday"));
  CHECK(fault("begin", "0x") == bad(-1, "0x"));  // sbatch steps back over two digits where there was one
  CHECK(fault("begin", "") == error(255, "Invalid --begin specification"));
}

TEST_CASE("node counts") {
  for (const char* good : {"2", "1-4", "-3", "1-0", "1k", "2 "}) CHECK(fault("nodes", good) == "");
  CHECK(fault("nodes", "1.5") == error(255, "\"1.5\" is not a valid node count"));
  CHECK(fault("nodes", "1-x") == error(255, "\"x\" is not a valid node count"));
  CHECK(fault("nodes", "4-2") == error(255, "Maximum node count 2 is less than minimum node count 4"));
  CHECK(fault("nodes", "4-") == error(255, "Maximum node count -1 is less than minimum node count 4"));
  // Beyond 64 bits the product wraps around (observed: 22.05.8).
  CHECK(fault("nodes", "9007199254740993k") == "");
  CHECK(fault("nodes", "99999999999999999999k") == error(255, "\"99999999999999999999k\" is not a valid node count"));
  CHECK(fault("nodes", "1-99999999999999999999k") == error(255, "Maximum node count -1024 is less than minimum node count 1"));
}

TEST_CASE("--mail-type: one known word is enough") {
  CHECK(fault("mail-type", "END,x") == "");
  CHECK(fault("mail-type", "REQUEUE,,END") == "");
  CHECK(fault("mail-type", "x") == error(255, "Invalid --mail-type specification"));
  CHECK(fault("mail-type", "BEGIN END") == error(255, "Invalid --mail-type specification"));
}

TEST_CASE("keywords") {
  CHECK(fault("exclusive", "USER") == "");
  CHECK(fault("exclusive", "true") == error(255, "Invalid --exclusive specification"));
  CHECK(fault("no-kill", "H") == error(255, "Invalid --no-kill specification"));
  CHECK(fault("open-mode", "table") == "");
  CHECK(fault("kill-on-invalid-dep", "yes,no") == error(255, "Invalid --kill-on-invalid-dep specification"));
  CHECK(fault("gres-flags", "") == error(255, "Invalid --gres-flags specification"));
  CHECK(fault("get-user-env", "5x") == error(255, "Invalid --get-user-env specification"));
  CHECK(fault("profile", "taskish") == "");
  CHECK(fault("profile", "disk") == error(255, "invalid --profile=disk option"));
  CHECK(fault("acctg-freq", "30,x") == error(255, "Invalid --acctg-freq specification: x"));
  CHECK(fault("priority", "4294967294") == error(255, "Priority must be < 4294967294"));
  CHECK(fault("nice", "2147483646") == error(255, "Invalid --nice value, out of range (+/- 2147483645)"));
}

TEST_CASE("the small languages") {
  CHECK(fault("signal", "RB:USR2") == "");
  CHECK(fault("signal", "BR:SIGUSR2@5") == "");
  CHECK(fault("signal", "USR1@5s") == error(255, "Invalid --signal specification"));
  CHECK(fault("signal", "TRAP") == error(255, "Invalid --signal specification"));
  CHECK(fault("distribution", "*:*:*") == "");
  CHECK(fault("distribution", "block:x") == error(255, "Invalid --distribution specification"));
  CHECK(fault("distribution", "plane=0") ==
        error(255, "Invalid plane size or size not specified\nsbatch: error: Invalid --distribution specification"));
  CHECK(fault("cpu-freq", "low-high:OnDemand") == "");
  CHECK(fault("cpu-freq", "low-x") ==
        error(255, "unrecognized --cpu-freq argument \"x\"\nsbatch: error: Invalid --cpu-freq argument"));
  CHECK(fault("mem-bind", "verbose,map_mem:0*2,1") == "");
  CHECK(fault("mem-bind", "map_mem:0*0") == error(255, "Invalid map_mem multiplier: 0"));
  CHECK(fault("gpu-bind", "mask_gpu:g") ==
        error(255, "Failed to validate g, offending character is g\nsbatch: error: Invalid --gpu-bind argument: gpu:mask_gpu:g"));
  CHECK(fault("gpu-freq", "foo=1") == error(255, "Invalid --gpu-freq argument: gpu:foo=1"));
  CHECK(fault("extra-node-info", "*:2") == "");
  CHECK(fault("extra-node-info", "1-") == error(1, "Invalid numeric value \"1-\" for first arg of -B."));
}

TEST_CASE("a plane without a size takes it from the environment") {
  const auto with_size = util::Environment::from_entries({"SLURM_DIST_PLANESIZE=4"});
  CHECK_FALSE(find_plane_fault("plane", with_size, newest_release));
  CHECK(find_plane_fault("plane", util::Environment(), newest_release));
  CHECK_FALSE(find_plane_fault("plane=2", util::Environment(), newest_release));
}
