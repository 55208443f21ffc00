#include "util/heap.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace sarray::util {

void prepare_heap(std::size_t bytes) {
  constexpr std::size_t large_page = std::size_t{2} << 20;
  if (bytes < 4 * large_page) return;
  bytes = std::min(bytes, std::size_t{1} << 30);
  ::mallopt(M_MMAP_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  void* room = std::malloc(bytes);
  if (room == nullptr) return;
  const auto begin = (reinterpret_cast<std::uintptr_t>(room) + large_page - 1) & ~(large_page - 1);
  const auto end = (reinterpret_cast<std::uintptr_t>(room) + bytes) & ~(large_page - 1);
  [[maybe_unused]] const int advised = ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
  std::free(room);  // stays the top of the heap
}

}  // namespace sarray::util
