#include <doctest/doctest.h>
#include <sys/stat.h>

#include "store/state_folder.hpp"
#include "support.hpp"

using namespace sarray;
using store::StateFolder;

namespace {

/// The three variables as given while this lives; empty: unset.
class Variables {
 public:
  Variables(const std::string& own, const std::string& state_home, const std::string& home)
      : m_home(std::getenv("HOME") ? std::getenv("HOME") : "") {
    put(util::state_variable, own);
    put("XDG_STATE_HOME", state_home);
    put("HOME", home);
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;
  ~Variables() {
    put(util::state_variable, "");
    put("XDG_STATE_HOME", "");
    put("HOME", m_home);
  }

 private:
  static void put(const char* name, const std::string& value) {
    value.empty() ? ::unsetenv(name) : ::setenv(name, value.c_str(), 1);
  }
  std::string m_home;
};

}  // namespace

TEST_CASE("where the state folder is: ours, then XDG's, then below HOME") {
  test::TemporaryFolder folder;
  const auto opened = [&](const std::string& own, const std::string& state_home, const std::string& home) {
    const Variables variables(own, state_home, home);
    const auto state = StateFolder::open();
    return state ? state->path() : state.error().why;
  };
  CHECK(opened(folder / "own", folder / "xdg", folder / "home") == folder / "own");
  CHECK(opened("", folder / "xdg", folder / "home") == folder / "xdg/sarray");
  CHECK(opened("", "", folder / "home") == folder / "home/.local/state/sarray");
  CHECK(std::filesystem::is_directory(folder / "home/.local/state/sarray"));
  CHECK(opened("", "", "") == "neither SARRAY_STATE_DIR nor HOME is set");
  CHECK(opened("relative", "", "") == "relative is not an absolute path");
  CHECK(opened(folder / "a:b", "", "") == folder / "a:b has a colon in its name, which PATH cannot hold");
  CHECK_FALSE(std::filesystem::exists(folder / "a:b"));
}

TEST_CASE("a state folder that others can write to is refused") {
  test::TemporaryFolder folder;
  const auto path = folder / "own";
  std::filesystem::create_directory(path);
  ::chmod(path.c_str(), 0777);
  const Variables variables(path, "", "");
  const auto state = StateFolder::open();
  REQUIRE_FALSE(state);
  CHECK(state.error().why == "others can write to it");
}
