// Pre-faulting of memory pages. Each 4 KiB page that is first touched costs a page fault, which on a virtual machine can take
// longer than the work that is done in the page (measured: half of the time of a submit of 100,000 calls, a third of a call's
// recording).
#pragma once

#include <cstddef>

namespace sarray::util {

/// Prepares the heap for about `bytes` of small objects: it uses large pages if the kernel has them, and does not return memory
/// in between. This reserves address space only; memory is used as it is touched. If it is not possible, nothing happens.
void prepare_heap(std::size_t bytes);

/// Faults in the heap's next `bytes` at once, as far as malloc has already asked for them (it asks for 132 KiB). This is for a
/// program that ends in a moment. It needs Linux 5.14; before that nothing happens.
void populate_heap(std::size_t bytes);

}  // namespace sarray::util
