#include "util/pages.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace sarray::util {

#ifdef __GLIBC__
namespace {

/// Asks for large pages for the whole ones between two addresses; if the kernel refuses, nothing changes.
void ask_for_large_pages(const void* begin, const void* end, std::size_t page) {
  const auto first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) & ~(page - 1);
  const auto last = reinterpret_cast<std::uintptr_t>(end) & ~(page - 1);
  if (first < last) [[maybe_unused]]
    const int advised = ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

}  // namespace
#endif

void prepare_heap([[maybe_unused]] std::size_t bytes) {
#ifdef __GLIBC__
  constexpr std::size_t large_page = std::size_t{2} << 20;
  if (bytes < 4 * large_page) return;
  bytes = std::min(bytes, std::size_t{1} << 30);
  ::mallopt(M_MMAP_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  void* room = std::malloc(bytes);
  if (room == nullptr) return;
  ask_for_large_pages(room, static_cast<char*>(room) + bytes, large_page);
  std::free(room);  // stays the top of the heap
#endif
}

}  // namespace sarray::util
