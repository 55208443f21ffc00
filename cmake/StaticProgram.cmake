# Decides how the program is linked: SARRAY_LINK_OPTIONS for the program, SARRAY_COMPILE_OPTIONS for everything that it consists of.
# Static, because a dynamic program takes twice as long to start, and because the nodes of a cluster differ; as a static-pie if the
# compiler and the C library can make one, so that its addresses are random as those of any other program. A packager's flags
# (CMAKE_CXX_FLAGS, CMAKE_EXE_LINKER_FLAGS) are part of each check, and nothing here takes one back.
include(CheckCXXSourceCompiles)
include(CheckCXXSourceRuns)

# Sets `result` if a C++ program with exceptions can be made with these options, and runs (a cross compiler's is only linked).
function(sarray_check_link result compile_option)
  set(CMAKE_REQUIRED_FLAGS ${compile_option})
  set(CMAKE_REQUIRED_LINK_OPTIONS ${ARGN})
  set(CMAKE_REQUIRED_QUIET ON)
  set(source "#include <stdexcept>\n#include <string>
    int main(int argc, char** argv) { try { throw std::runtime_error(argv[0]); } catch (const std::exception&) { return argc - 1; } }")
  if(CMAKE_CROSSCOMPILING)
    check_cxx_source_compiles("${source}" ${result})
  else()
    check_cxx_source_runs("${source}" ${result})
  endif()
endfunction()

if(SARRAY_SANITIZE OR SARRAY_FUZZ)
  # A sanitizer's runtime is a shared library's business. At a fixed address, or each start would relocate a million addresses.
  set(SARRAY_LINK_OPTIONS -no-pie)
  return()
endif()
if(SARRAY_STATIC)
  sarray_check_link(SARRAY_LINKS_STATIC_PIE -fPIE -static-pie)
  if(NOT SARRAY_LINKS_STATIC_PIE)
    sarray_check_link(SARRAY_LINKS_STATIC "" -static)
  endif()
endif()
if(SARRAY_STATIC AND SARRAY_LINKS_STATIC_PIE)
  set(SARRAY_COMPILE_OPTIONS -fPIE)
  set(SARRAY_LINK_OPTIONS -static-pie)
elseif(SARRAY_STATIC AND SARRAY_LINKS_STATIC)
  set(SARRAY_LINK_OPTIONS -static)
else()
  set(SARRAY_COMPILE_OPTIONS -fPIE)
  set(SARRAY_LINK_OPTIONS -pie)
  if(SARRAY_STATIC)
    message(STATUS "sarray: there are no static C and C++ libraries here, so the program is dynamic (Debian has them in libc6-dev, RHEL in glibc-static libstdc++-static)")
  endif()
endif()
