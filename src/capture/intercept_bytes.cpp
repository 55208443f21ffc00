// The library of src/intercept, as this program carries it.
#include "capture/intercept_bytes.hpp"

asm(R"(
  .pushsection .rodata.sarray_intercept, "a", %progbits
  .globl sarray_intercept_begin, sarray_intercept_end
  .hidden sarray_intercept_begin, sarray_intercept_end
sarray_intercept_begin:
  .incbin ")" SARRAY_INTERCEPT_LIBRARY R"("
sarray_intercept_end:
  .popsection
)");

extern "C" {
extern const char sarray_intercept_begin[];  // NOLINT: the assembler's
extern const char sarray_intercept_end[];
}

namespace sarray::capture {

std::string_view intercept_bytes() {
  return {sarray_intercept_begin, static_cast<std::size_t>(sarray_intercept_end - sarray_intercept_begin)};
}

}  // namespace sarray::capture
