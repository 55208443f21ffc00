// A state folder of a test's own.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>

#include "../support.hpp"
#include "store/state_folder.hpp"
#include "util/environment_names.hpp"

namespace sarray::test {

/// $SARRAY_STATE_DIR is a fresh folder while this lives.
class State {
 public:
  State() { ::setenv(util::state_variable, (m_temporary / "state").c_str(), 1); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::unsetenv(util::state_variable); }
  [[nodiscard]] static store::StateFolder folder() {
    auto folder = store::StateFolder::open();
    REQUIRE(folder);
    return *folder;
  }

 private:
  TemporaryFolder m_temporary;
};

}  // namespace sarray::test
