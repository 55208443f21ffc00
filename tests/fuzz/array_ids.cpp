// --array=SPEC, below two MaxArraySizes (of four million a union costs seconds under the sanitizers): what is read is counted
// right, ascending, and reads back from its own text.
#include "slurm/language/array_ids.hpp"

#include "support.hpp"

using sarray::fuzz::require;
using sarray::slurm::ArrayIds;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto spec = sarray::fuzz::as_text(data, size);
  for (const std::uint32_t max : {1001U, 65537U}) {
    const auto parsed = ArrayIds::parse(spec, max);
    if (!parsed || !*parsed) continue;
    const auto& ids = **parsed;
    require(ids.count() > 0, "a job array has tasks");
    require(ids.nth(0) == ids.min() && ids.nth(ids.count() - 1) == ids.max() && ids.max() < max, "first and last");
    for (std::uint32_t n = 1; n < std::min(ids.count(), 100U); ++n)
      require(ids.nth(n - 1) < ids.nth(n) && ids.contains(ids.nth(n)), "ascending");
    const auto again = ArrayIds::parse(ids.text(), max);
    require(again && *again && (*again)->ranges() == ids.ranges() && (*again)->count() == ids.count(), "its text reads back");
  }
  return 0;
}
