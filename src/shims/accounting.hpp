// Questions to sacct, of which some are answered as JSON.
#pragma once

#include <memory>
#include <vector>

#include "answer/account.hpp"
#include "shims/meant.hpp"
#include "shims/world.hpp"
#include "util/process.hpp"
#include "util/result.hpp"

namespace sarray::shims {

/// What a question to sacct is about.
struct Accounted {
  Meant meant;
  std::vector<std::unique_ptr<KnownJob>> recent;  ///< jobs that Slurm has, but that the accounting may not know yet
};

/// A job that Slurm's accounting does not have.
struct Unaccounted {
  const KnownJob* known;
  bool is_recorded;  ///< it is recorded only; else the accounting gets it late
};
/// Returns those that are asked for. @param ours virtual ids of the jobs that it has.
[[nodiscard]] std::vector<Unaccounted> find_unaccounted(const answer::AccountQuestion& question, const Accounted& accounted,
                                                        const std::vector<std::uint32_t>& ours, const answer::Defaults& defaults);

/// Runs Slurm's own sacct about these jobs; what it says on standard error is not printed.
/// @param slurms its ids; if there are none, but the question has ids, it is asked about a job that does not exist.
[[nodiscard]] util::Result<util::Output> run_sacct(World& world, const answer::AccountQuestion& question,
                                                   const std::vector<std::string>& slurms,
                                                   const std::vector<answer::Option>& format);

/// Answers `sacct --json`. @return its exit status.
[[nodiscard]] util::Result<int> ask_accounting_json(World& world, const answer::AccountQuestion& question,
                                                    const Accounted& accounted);

}  // namespace sarray::shims
