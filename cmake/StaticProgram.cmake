# Decides how the program is linked: SARRAY_LINK_OPTIONS for the program, sarray_zlib for what it links, -fPIE for everything.
# Static, because a dynamic program takes twice as long to start, and because the nodes of a cluster differ; as a static-pie if the
# compiler and the C library can make one, so that its addresses are as random as those of any other program. A packager's flags
# (CMAKE_CXX_FLAGS, CMAKE_EXE_LINKER_FLAGS) are part of each check, and nothing here takes one back.
include(CheckCXXSourceCompiles)
include(CheckCXXSourceRuns)

# Sets `result` if a C++ program with exceptions and zlib can be linked so, and runs (a cross compiler's is only linked).
function(sarray_check_link result)
  set(CMAKE_REQUIRED_FLAGS ${SARRAY_PIE_OPTIONS})
  set(CMAKE_REQUIRED_LINK_OPTIONS ${ARGN})
  set(CMAKE_REQUIRED_LIBRARIES ${SARRAY_ZLIB_ARCHIVE})
  set(CMAKE_REQUIRED_INCLUDES ${ZLIB_INCLUDE_DIRS})
  set(CMAKE_REQUIRED_QUIET ON)
  set(source "#include <stdexcept>
    #include <zlib.h>
    int main(int argc, char**) { try { throw std::runtime_error(zlibVersion()); } catch (const std::exception&) { return argc - 1; } }")
  if(CMAKE_CROSSCOMPILING)
    check_cxx_source_compiles("${source}" ${result})
  else()
    check_cxx_source_runs("${source}" ${result})
  endif()
endfunction()

add_library(sarray_zlib INTERFACE)
if(SARRAY_SANITIZE OR SARRAY_FUZZ)
  # A sanitizer's runtime needs a dynamic program. At a fixed address, or each start would relocate a million addresses.
  set(SARRAY_LINK_OPTIONS -no-pie)
  target_link_libraries(sarray_zlib INTERFACE ZLIB::ZLIB)
  return()
endif()

set(SARRAY_PIE_OPTIONS -fPIE)
if(SARRAY_STATIC)
  # FindZLIB knows an archive from a shared library only since CMake 3.24. It lies beside the other one.
  set(sarray_zlib_folders "")
  foreach(file ${ZLIB_LIBRARIES})
    get_filename_component(folder "${file}" DIRECTORY)
    list(APPEND sarray_zlib_folders "${folder}")
  endforeach()
  find_library(SARRAY_ZLIB_ARCHIVE libz.a HINTS ${sarray_zlib_folders})
  mark_as_advanced(SARRAY_ZLIB_ARCHIVE)
  if(SARRAY_ZLIB_ARCHIVE)
    sarray_check_link(SARRAY_LINKS_STATIC_PIE -static-pie)
    if(NOT SARRAY_LINKS_STATIC_PIE)
      set(SARRAY_PIE_OPTIONS "")
      sarray_check_link(SARRAY_LINKS_STATIC -static)
    endif()
  endif()
endif()

if(SARRAY_STATIC AND SARRAY_LINKS_STATIC_PIE)
  set(SARRAY_LINK_OPTIONS -static-pie)
elseif(SARRAY_STATIC AND SARRAY_LINKS_STATIC)
  set(SARRAY_LINK_OPTIONS -static)
else()
  set(SARRAY_PIE_OPTIONS -fPIE)
  set(SARRAY_LINK_OPTIONS -pie)
  target_link_libraries(sarray_zlib INTERFACE ZLIB::ZLIB)
  if(SARRAY_STATIC)
    message(STATUS "sarray: the program is dynamic, since the static libraries are not all here "
      "(Debian: libc6-dev zlib1g-dev; RHEL: glibc-static libstdc++-static zlib-static)")
  endif()
endif()
if(SARRAY_LINK_OPTIONS MATCHES static)
  # Leaves out what is never reached of the C++ library: an eighth of the program, and of what a static-pie relocates at each start.
  list(APPEND SARRAY_LINK_OPTIONS -Wl,--gc-sections)
  target_include_directories(sarray_zlib SYSTEM INTERFACE ${ZLIB_INCLUDE_DIRS})
  target_link_libraries(sarray_zlib INTERFACE ${SARRAY_ZLIB_ARCHIVE})
endif()
add_compile_options(${SARRAY_PIE_OPTIONS})
