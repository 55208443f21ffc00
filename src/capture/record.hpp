// Our sbatch: records the call instead of submitting it, and answers as the real one would.
#pragma once

namespace sarray::capture {

/// The whole program if it is called by the name of sbatch. Outside of a session, and for calls that only ask sbatch something
/// (--help, --version, --test-only), it is replaced by the real sbatch.
/// @return the exit status.
int record_sbatch(int argc, char** argv);

}  // namespace sarray::capture
