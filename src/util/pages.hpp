// Pages of memory, taken in time. Each 4 KiB page that is taken as it is touched costs a page fault, which on a virtual machine
// can cost more than the work that is done in it (measured: half of the time of a submit of 100,000 calls, a third of a call's
// recording).
#pragma once

#include <cstddef>

namespace sarray::util {

/// Makes the heap ready for about `bytes` of small objects: in large pages where the kernel has them, and not given back and
/// taken again in between. Takes address space, and memory only as it is used. Where it cannot be done, nothing happens.
void prepare_heap(std::size_t bytes);

/// For a program that is over in a moment: takes the heap's next `bytes` at once, as far as malloc has asked for them already (it
/// asks for 132 KiB). Linux 5.14 and later; before that nothing happens.
void populate_heap(std::size_t bytes);

}  // namespace sarray::util
