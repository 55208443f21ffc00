// The heap of a program that makes many small objects at once.
#pragma once

#include <cstddef>

namespace sarray::util {

/// Makes the heap ready for about `bytes` of small objects: in large pages where the kernel has them, and not given back and
/// taken again in between. Takes address space, and memory only as it is used. Where it cannot be done, nothing happens.
/// Each 4 KiB page costs a page fault, which on a virtual machine can cost more than the work that is done in it (measured: half of the time
/// of a submit of 100,000 calls).
void prepare_heap(std::size_t bytes);

}  // namespace sarray::util
