#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "store/fulfilled.hpp"

using namespace sarray;

TEST_CASE("what is fulfilled is noted in a private file, and a cut line is passed over") {
  char folder[] = "/tmp/sarray-unit-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string path = std::string(folder) + "/fulfilled";
  CHECK(store::read_fulfilled(folder).empty());
  REQUIRE(store::note_fulfilled(folder, {}));
  REQUIRE(store::note_fulfilled(folder, {"afterok:17", "afterany:18_3"}));
  REQUIRE(store::note_fulfilled(folder, {"afterok:17"}));
  CHECK(store::read_fulfilled(folder) == std::set<std::string>{"afterok:17", "afterany:18_3"});
  struct stat state {};
  REQUIRE(::stat(path.c_str(), &state) == 0);
  CHECK((state.st_mode & 0777) == 0600);
  std::ofstream(path, std::ios::app) << "afterok:1";
  CHECK(store::read_fulfilled(folder).size() == 2);
  ::unlink(path.c_str());
  CHECK_FALSE(store::note_fulfilled(std::string(folder) + "/nowhere", {"afterok:17"}));
  ::rmdir(folder);
}
