// What Slurm's commands print: scontrol show job and config, sbatch's answer, --version and --help. Input: a first byte that
// chooses.
#include "slurm/client/client.hpp"
#include "slurm/language/option.hpp"
#include "support.hpp"

namespace slurm = sarray::slurm;
using sarray::fuzz::require;

namespace {

void read_dialect(std::string_view text) {
  const auto version = sarray::fuzz::take_until(text, '\n');
  const auto dialect = slurm::Dialect::from_help(version, text);
  const auto again = slurm::Dialect::deserialize(dialect.serialize());
  require(again && again->serialize() == dialect.serialize(), "a dialect reads back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = sarray::fuzz::as_text(data + 1, size - 1);
  switch (data[0]) {
    case 'j':
      (void)slurm::JobRecord(text).get("JobId");
      break;
    case 'c':
      (void)slurm::parse_configuration(text);
      break;
    case 'h':
      read_dialect(text);
      break;
    case 'd':
      (void)slurm::Dialect::deserialize(text);
      break;
    default:
      if (const auto id = slurm::parse_answer(text))
        require(!id->empty() && id->find_first_not_of("0123456789") == std::string::npos, "an id is digits");
  }
  return 0;
}
