#include <doctest/doctest.h>

#include "slurm/client/question_environment.hpp"

using namespace sarray;

namespace {

std::vector<std::string> cleaned(const std::vector<std::string>& entries) {
  return slurm::make_question_environment(util::Environment::from_entries(entries)).entries();
}

}  // namespace

TEST_CASE("what filters or formats Slurm's answers does not reach its commands") {
  for (const std::string name :
       {// squeue
        "SQUEUE_ACCOUNT", "SQUEUE_ALL", "SQUEUE_ARRAY", "SQUEUE_FEDERATION", "SQUEUE_FORMAT", "SQUEUE_FORMAT2", "SQUEUE_LICENSES",
        "SQUEUE_LOCAL", "SQUEUE_NAMES", "SQUEUE_PARTITION", "SQUEUE_PRIORITY", "SQUEUE_QOS", "SQUEUE_SIB", "SQUEUE_SIBLING",
        "SQUEUE_SORT", "SQUEUE_STATES", "SQUEUE_USERS",
        // scancel
        "SCANCEL_ACCOUNT", "SCANCEL_BATCH", "SCANCEL_CRON", "SCANCEL_CTLD", "SCANCEL_FULL", "SCANCEL_HURRY",
        "SCANCEL_INTERACTIVE", "SCANCEL_NAME", "SCANCEL_PARTITION", "SCANCEL_QOS", "SCANCEL_STATE", "SCANCEL_USER",
        "SCANCEL_VERBOSE", "SCANCEL_WCKEY",
        // sacct, scontrol, sinfo
        "SACCT_FEDERATION", "SACCT_FORMAT", "SACCT_LOCAL", "SCONTROL_ALL", "SCONTROL_FEDERATION", "SCONTROL_FUTURE",
        "SCONTROL_LOCAL", "SCONTROL_SIBLING", "SINFO_ALL", "SINFO_FORMAT", "SINFO_PARTITION", "SINFO_SORT",
        // several
        "SLURM_BITSTR_LEN", "SLURM_TIME_FORMAT", "SLURM_TOPO_LEN"}) {
    CAPTURE(name);
    CHECK(cleaned({"HOME=/h", name + "=x", "PATH=/bin"}) == std::vector<std::string>{"HOME=/h", "PATH=/bin"});
    CHECK(cleaned({name + "="}).empty());
  }
}

TEST_CASE("what says which Slurm is asked, and all else, stays") {
  const std::vector<std::string> entries = {"LC_ALL=C",           "SACCT=1",     "SBATCH_PARTITION=p", "SLURM_CLUSTERS=c",
                                            "SLURM_CONF=/s.conf", "SLURM_JWT=t", "SQUEUE=1",           "TZ=UTC"};
  CHECK(cleaned(entries) == entries);
}
