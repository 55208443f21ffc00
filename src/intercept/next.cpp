// Looks up the functions that ours stand before, in the objects that the program has loaded.
#include "intercept/next.hpp"

#include <elf.h>
#include <link.h>
#include <string.h>

#include "intercept/own.hpp"

namespace sarray::intercept {

Functions next{};

namespace {

// The order is that of Functions.
constexpr const char* wanted_names[] = {"execve",      "execvpe",      "fexecve", "execveat",
                                        "posix_spawn", "posix_spawnp", "system",  "popen"};
constexpr size_t wanted_count = sizeof wanted_names / sizeof *wanted_names;
static_assert(sizeof(Functions) == wanted_count * sizeof(void*));

void** slot(size_t number) { return reinterpret_cast<void**>(&next) + number; }

/// The tables of a loaded object that a symbol is looked up in.
struct Tables {
  const ElfW(Sym) * symbols = nullptr;
  const char* names = nullptr;
  const ElfW(Versym) * versions = nullptr;
  const uint32_t* hash = nullptr;
};

Tables read_tables(const dl_phdr_info* object, const ElfW(Dyn) * dynamic) {
  Tables tables;
  const auto base = object->dlpi_addr;
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    // glibc has added the base already, musl has not.
    const auto value = dynamic->d_un.d_ptr;
    const auto* place = reinterpret_cast<const void*>(value < base ? value + base : value);
    if (dynamic->d_tag == DT_SYMTAB) tables.symbols = static_cast<const ElfW(Sym)*>(place);
    if (dynamic->d_tag == DT_STRTAB) tables.names = static_cast<const char*>(place);
    if (dynamic->d_tag == DT_VERSYM) tables.versions = static_cast<const ElfW(Versym)*>(place);
    if (dynamic->d_tag == DT_GNU_HASH) tables.hash = static_cast<const uint32_t*>(place);
  }
  return tables;
}

uint32_t gnu_hash(const char* name) {
  uint32_t hash = 5381;
  for (; *name != '\0'; ++name) hash = hash * 33 + static_cast<unsigned char>(*name);
  return hash;
}

/// Returns the default version of a function that the object defines; null if it has none.
void* find_function(const Tables& tables, ElfW(Addr) base, const char* name) {
  constexpr uint32_t word_bits = sizeof(ElfW(Addr)) * 8;
  const auto hash = gnu_hash(name);
  const uint32_t bucket_count = tables.hash[0];
  const uint32_t first_symbol = tables.hash[1];
  const uint32_t bloom_size = tables.hash[2];
  const auto* bloom = reinterpret_cast<const ElfW(Addr)*>(tables.hash + 4);
  const auto word = bloom[hash / word_bits % bloom_size];
  const auto bits = (ElfW(Addr){1} << (hash % word_bits)) | (ElfW(Addr){1} << ((hash >> tables.hash[3]) % word_bits));
  if ((word & bits) != bits) return nullptr;
  const auto* buckets = reinterpret_cast<const uint32_t*>(bloom + bloom_size);
  const auto* chains = buckets + bucket_count;
  auto symbol = buckets[hash % bucket_count];
  if (symbol < first_symbol) return nullptr;
  for (;; ++symbol) {
    const auto chain = chains[symbol - first_symbol];
    constexpr ElfW(Versym) hidden = 0x8000;  // kept for old programs
    const auto& found = tables.symbols[symbol];
    if ((chain | 1U) == (hash | 1U) && strcmp(tables.names + found.st_name, name) == 0 && found.st_shndx != SHN_UNDEF &&
        (tables.versions == nullptr || (tables.versions[symbol] & hidden) == 0))
      return reinterpret_cast<void*>(base + found.st_value);
    if ((chain & 1U) != 0) return nullptr;
  }
}

/// Looks at one loaded object; they come in the order in which symbols are looked up. What comes before us is not behind us.
int visit_object(dl_phdr_info* object, size_t /*size*/, void* has_passed_us) {
  auto& passed = *static_cast<bool*>(has_passed_us);
  const ElfW(Dyn)* dynamic = nullptr;
  const auto own = reinterpret_cast<ElfW(Addr)>(own_address());
  bool is_own = false;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& header = object->dlpi_phdr[i];
    const auto begin = object->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_DYNAMIC) dynamic = reinterpret_cast<const ElfW(Dyn)*>(begin);
    if (header.p_type == PT_LOAD && own >= begin && own - begin < header.p_memsz) is_own = true;
  }
  if (is_own || !passed || dynamic == nullptr) {
    passed = passed || is_own;
    return 0;
  }
  const auto tables = read_tables(object, dynamic);
  if (tables.hash == nullptr || tables.symbols == nullptr || tables.names == nullptr) return 0;
  for (size_t i = 0; i < wanted_count; ++i) {
    if (*slot(i) == nullptr) *slot(i) = find_function(tables, object->dlpi_addr, wanted_names[i]);
  }
  return 0;
}

}  // namespace

void find_next_functions() {
  bool has_passed_us = false;
  dl_iterate_phdr(visit_object, &has_passed_us);
}

}  // namespace sarray::intercept
