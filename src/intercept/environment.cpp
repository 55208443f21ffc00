// The library in the environment of programs.
#include "intercept/environment.hpp"

#include <string.h>

namespace sarray::intercept {

namespace {

constexpr char preload[] = "LD_PRELOAD=";
constexpr size_t preload_size = sizeof preload - 1;

bool is_separator(char c) { return c == ':' || c == ' '; }

/// Returns where the library's path is in a list of libraries; null if it is not there.
char* find_own(char* list) {
  const auto size = strlen(own_library());
  for (char* at = list; *at != '\0';) {
    if (strncmp(at, own_library(), size) == 0 && (at[size] == '\0' || is_separator(at[size]))) return at;
    while (*at != '\0' && !is_separator(*at)) ++at;
    while (is_separator(*at)) ++at;
  }
  return nullptr;
}

}  // namespace

/// Takes the library out of the environment, in its place: the program may hold the array already.
void hide_library(char** entries) {
  for (char** entry = entries; *entry != nullptr; ++entry) {
    if (!begins_with(*entry, preload)) continue;
    char* own = find_own(*entry + preload_size);
    if (own == nullptr) return;
    char* rest = own + strlen(own_library());
    if (*rest != '\0') {
      ++rest;
    } else if (own > *entry + preload_size) {
      --own;  // the separator before it
    }
    memmove(own, rest, strlen(rest) + 1);
    if ((*entry)[preload_size] != '\0') return;
    for (; *entry != nullptr; ++entry) *entry = entry[1];
    return;
  }
}

size_t count_words(Words words) {
  size_t count = 0;
  while (words != nullptr && words[count] != nullptr) ++count;
  return count;
}

const char* find_preload(Words environment) {
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    if (begins_with(*environment, preload)) return *environment + preload_size;
  }
  return "";
}

size_t preload_bytes(const char* theirs) { return preload_size + strlen(theirs) + 1 + strlen(own_library()) + 1; }

void add_library(Words environment, char** entries, char* text) {
  const char* theirs = find_preload(environment);
  memcpy(text, preload, preload_size + 1);
  strcat(text, theirs);
  if (find_own(text + preload_size) == nullptr) {
    if (*theirs != '\0') strcat(text, ":");
    strcat(text, own_library());
  }
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    if (!begins_with(*environment, preload)) *entries++ = *environment;
  }
  *entries++ = text;
  *entries = nullptr;
}

}  // namespace sarray::intercept
