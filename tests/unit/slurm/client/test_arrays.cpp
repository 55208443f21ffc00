#include <doctest/doctest.h>

#include "slurm/client/arrays.hpp"

using namespace sarray;

namespace {

std::int64_t remembered(const std::string& line) {
  return slurm::guaranteed_retention_seconds(slurm::parse_configuration(line + "\nClusterName = c\n"));
}

}  // namespace

TEST_CASE("how long Slurm surely shows a job goes by the site's MinJobAge") {
  CHECK(remembered("") == 120);
  CHECK(remembered("MinJobAge               = 300 sec") == 120);
  CHECK(remembered("MinJobAge               = 60 sec") == 55);
  CHECK(remembered("MinJobAge               = 3 sec") < 0);
  CHECK(remembered("MinJobAge               = 0 sec") == 120);  // jobs are never forgotten
}
