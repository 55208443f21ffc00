// Large pages for the heap. Each 4 KiB page costs a page fault when it is first touched, which on a virtual machine can cost more
// than the work that is done in it (measured: half of the time of a submit of 100,000 calls).
#pragma once

#include <cstddef>

namespace sarray::util {

/// Prepares the heap for about `bytes` of small objects: in large pages if the kernel has them, and not given back and taken
/// again in between. Takes address space, and memory only as it is used. Does nothing if that is not possible (another C library
/// than glibc, too).
void prepare_heap(std::size_t bytes);

}  // namespace sarray::util
