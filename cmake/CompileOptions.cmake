# Warnings are sarray_warnings, which our own targets link: third-party headers are not ours to mend. What changes the code that is
# generated is for everything, or it would not fit together.
add_library(sarray_warnings INTERFACE)
target_compile_options(sarray_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wextra-semi -Wnon-virtual-dtor -Wold-style-cast
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # GCC 12 sees overlaps in std::string that do not exist (its bug 105651)
if(SARRAY_WERROR)
  target_compile_options(sarray_warnings INTERFACE -Werror)
endif()

if(SARRAY_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(SARRAY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined,float-cast-overflow)
endif()
# No path of the build's own folders in what is compiled: builds in two places give the same bytes.
add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}=." "-ffile-prefix-map=${PROJECT_BINARY_DIR}=build")
