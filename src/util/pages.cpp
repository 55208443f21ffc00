#include "util/pages.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

#ifndef MADV_POPULATE_READ  // linux/mman.h; older C libraries do not name them
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

extern "C" const char __executable_start;  // where the program's first page is: ld(1)
extern "C" const char etext;               // and where its code ends: end(3)

namespace sarray::util {

namespace {

/// The whole pages between two addresses; refused advice changes nothing.
void advise(const void* begin, const void* end, std::size_t page, int advice) {
  const auto first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) & ~(page - 1);
  const auto last = reinterpret_cast<std::uintptr_t>(end) & ~(page - 1);
  if (first < last) [[maybe_unused]] const int advised = ::madvise(reinterpret_cast<void*>(first), last - first, advice);
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
  std::free(room);  // stays the top of the heap
}

void populate(std::size_t bytes, std::size_t code_bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (void* room = std::malloc(bytes); room != nullptr) {
    advise(room, static_cast<char*>(room) + bytes, page, MADV_POPULATE_WRITE);
    std::free(room);  // the next objects lie there
  }
  advise(&__executable_start, std::min(&__executable_start + code_bytes, &etext), page, MADV_POPULATE_READ);
}

}  // namespace sarray::util
