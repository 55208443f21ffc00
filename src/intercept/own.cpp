// What the session wrote into this copy of the library.
#include "intercept/own.hpp"

#include <string.h>

#include "intercept/settings.hpp"

namespace sarray::intercept {

namespace {

[[gnu::used]] char settings[settings_size] = SARRAY_SETTINGS_MARK;

/// Returns the strings after the mark.
const char* begin_of_settings() {
  const char* text = settings;
  asm("" : "+r"(text));  // the compiler knows only what is written here
  return text + sizeof SARRAY_SETTINGS_MARK;
}

}  // namespace

const char* next_string(const char* text) { return text + strlen(text) + 1; }
const char* own_library() { return begin_of_settings(); }
const char* own_folder() { return next_string(own_library()); }
const char* first_known_command() { return next_string(own_folder()); }
const void* own_address() { return settings; }

}  // namespace sarray::intercept
