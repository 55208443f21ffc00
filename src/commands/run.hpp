// sarray's own command line.
#pragma once

namespace sarray::commands {

/// The whole program when it is called by its own name. @return the exit status.
int run(int argc, char** argv);

}  // namespace sarray::commands
