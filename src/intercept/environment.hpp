// The library in the environment of programs: taken out of the program's own, and put into that of what it executes.
#pragma once

#include <stddef.h>
#include <unistd.h>

#include "intercept/own.hpp"
#include "intercept/text.hpp"

namespace sarray::intercept {

/// Takes the library out of the environment, in its place: the program may hold the array already.
void hide_library(char** entries);

size_t count_words(Words words);
/// Returns the value of LD_PRELOAD; empty if it is not set.
const char* find_preload(Words environment);
/// Returns the bytes that the entry LD_PRELOAD takes with the library in it. @param theirs its value without.
size_t preload_bytes(const char* theirs);
/// Writes the environment with the library in it. The user's own libraries come first, as some must.
/// @param entries two more than `environment` has. @param text preload_bytes() of it.
void add_library(Words environment, char** entries, char* text);

/// Calls execute(environment), with the library in the environment if `wants`.
template <class Execute>
[[gnu::noinline]] auto with_library(bool wants, Words environment, const Execute& execute) {
  if (!wants) return execute(environment);
  auto** entries = static_cast<char**>(__builtin_alloca((count_words(environment) + 2) * sizeof(char*)));
  auto* text = static_cast<char*>(__builtin_alloca(preload_bytes(find_preload(environment))));
  add_library(environment, entries, text);
  return execute(static_cast<Words>(entries));
}

/// While it lives, programs that the C library itself starts get the library from `environ`.
template <class Call>
auto with_environ(const Call& call) {
  char** before = environ;
  return with_library(*own_library() != '\0' && access(own_library(), R_OK) == 0, before, [&](Words entries) {
    environ = const_cast<char**>(entries);
    auto result = call();
    if (environ == entries) environ = before;
    return result;
  });
}

}  // namespace sarray::intercept
