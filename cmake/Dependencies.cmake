# Finds what the build needs, and downloads nothing. Each dependency becomes an INTERFACE library (sarray_json, ...): the package's own
# CMake target if it has one, else the folder in which its header is found. All that is missing is named in one message, with the
# package that has it in each of the usual places. Names for RHEL, Spack and conda-forge are from their lists.

# The lines of the message, of what the program needs and of what only its tests need.
set(sarray_missing "")
set(sarray_missing_tests "")

# Appends a row to `list`: WHAT DEBIAN RHEL SPACK CONDA, in columns, so that a person can read the message as a table.
function(sarray_add_row list)
  set(row "")
  set(widths 20 24 20 15 15)
  foreach(cell width IN ZIP_LISTS ARGN widths)
    string(LENGTH "${cell}" length)
    math(EXPR padding "${width} - ${length}")
    if(padding LESS 2)
      set(padding 2)
    endif()
    string(REPEAT " " ${padding} spaces)
    string(APPEND row "${cell}${spaces}")
  endforeach()
  string(STRIP "${row}" row)
  set(${list} "${${list}}\n    ${row}" PARENT_SCOPE)
endfunction()

# sarray_find(LIBRARY PACKAGE VERSION TARGET HEADER LIST DEBIAN RHEL SPACK CONDA)
# Makes the INTERFACE library LIBRARY from a header-only package, or appends a row to LIST.
function(sarray_find library package version target header list)
  find_package(${package} ${version} CONFIG QUIET)
  if(TARGET ${target})
    add_library(${library} INTERFACE)
    target_link_libraries(${library} INTERFACE ${target})
    return()
  endif()
  set(what "${package} ${version}")
  set(here "")
  if(${package}_CONSIDERED_VERSIONS)
    list(GET ${package}_CONSIDERED_VERSIONS 0 here)
  endif()
  if(here AND here VERSION_LESS version)
    string(APPEND what " (not ${here})")
  else()
    # A package without CMake files, or a header that somebody copied: its version is not known, and the compiler has the last word.
    find_path(SARRAY_${package}_INCLUDE_DIR ${header})
    mark_as_advanced(SARRAY_${package}_INCLUDE_DIR)
    if(SARRAY_${package}_INCLUDE_DIR)
      add_library(${library} INTERFACE)
      target_include_directories(${library} SYSTEM INTERFACE ${SARRAY_${package}_INCLUDE_DIR})
      return()
    endif()
  endif()
  sarray_add_row(${list} "${what}" ${ARGN})
  set(${list} "${${list}}" PARENT_SCOPE)
endfunction()

# GCC 9 and earlier take -std=c++20 for a draft of it, and fail somewhere in the middle.
if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 10) OR
    (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14))
  sarray_add_row(sarray_missing "GCC 10 or clang 14" g++ gcc-toolset-12 gcc cxx-compiler)
endif()
sarray_find(sarray_cli11 CLI11 1.9 CLI11::CLI11 CLI/CLI.hpp sarray_missing "libcli11-dev (12 on)" "cli11-devel (9 on)" cli11 cli11)
sarray_find(sarray_json nlohmann_json 3.9 nlohmann_json::nlohmann_json nlohmann/json.hpp sarray_missing
  nlohmann-json3-dev "json-devel (9 on)" nlohmann-json nlohmann_json)
sarray_find(sarray_expected tl-expected 1.0 tl::expected tl/expected.hpp sarray_missing libexpected-dev expected-devel tl-expected cpp-expected)
find_package(ZLIB QUIET)
if(NOT ZLIB_FOUND)
  sarray_add_row(sarray_missing zlib zlib1g-dev zlib-devel zlib zlib)
endif()
if(SARRAY_TESTS AND NOT SARRAY_FUZZ)
  sarray_find(sarray_doctest doctest 2.4 doctest::doctest doctest/doctest.h sarray_missing_tests doctest-dev doctest-devel doctest doctest)
endif()

if(sarray_missing OR (sarray_missing_tests AND NOT SARRAY_TESTS STREQUAL "AUTO"))
  sarray_add_row(sarray_columns "what" "Debian" "RHEL with EPEL" "Spack" "conda-forge")
  if(sarray_missing_tests)
    string(APPEND sarray_missing "${sarray_missing_tests} (for the unit tests only)")
  endif()
  message(FATAL_ERROR "sarray: error: the build needs what is not here, or is too old:${sarray_columns}${sarray_missing}\n"
    "  hint: install it; if it is in a folder of its own: cmake -DCMAKE_PREFIX_PATH=FOLDER ...")
elseif(sarray_missing_tests)
  message(STATUS "sarray: the unit tests are left out, for want of doctest (Debian doctest-dev, RHEL doctest-devel, Spack and conda-forge doctest)")
endif()
