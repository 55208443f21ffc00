#include "util/pages.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

#ifndef MADV_POPULATE_WRITE  // linux/mman.h; older C libraries do not define it
#define MADV_POPULATE_WRITE 23
#endif

namespace sarray::util {

namespace {

/// Advises the kernel on the whole pages between two addresses; if it refuses, nothing changes.
void advise(const void* begin, const void* end, std::size_t page, int advice) {
  const auto first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) & ~(page - 1);
  const auto last = reinterpret_cast<std::uintptr_t>(end) & ~(page - 1);
  if (first < last) [[maybe_unused]]
    const int advised = ::madvise(reinterpret_cast<void*>(first), last - first, advice);
}

}  // namespace

void prepare_heap(std::size_t bytes) {
  constexpr std::size_t large_page = std::size_t{2} << 20;
  if (bytes < 4 * large_page) return;
  bytes = std::min(bytes, std::size_t{1} << 30);
  ::mallopt(M_MMAP_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  void* room = std::malloc(bytes);
  if (room == nullptr) return;
  advise(room, static_cast<char*>(room) + bytes, large_page, MADV_HUGEPAGE);
  std::free(room);  // the memory stays at the top of the heap
}

void populate_heap(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* first = std::malloc(1);
  if (first == nullptr) return;
  const auto* end = static_cast<const char*>(first) + bytes;
  if (end <= static_cast<const char*>(::sbrk(0))) advise(first, end, page, MADV_POPULATE_WRITE);
  std::free(first);
}

}  // namespace sarray::util
