# What is installed beside the program: man pages, completions, documents, a module file. The program itself writes the pages, since it
# has the only table of commands and options; a build for another machine asks SARRAY_GENERATOR, or the emulator.
set(SARRAY_GENERATOR "" CACHE FILEPATH "For a cross build: a sarray of this version that runs here, and writes the man pages")

set(sarray_pages ${PROJECT_BINARY_DIR}/pages)
set(sarray_page_writer $<TARGET_FILE:sarray>)
set(sarray_page_source sarray)
set(sarray_emulator "")
if(SARRAY_GENERATOR)
  set(sarray_page_writer ${SARRAY_GENERATOR})
  set(sarray_page_source ${SARRAY_GENERATOR})
elseif(CMAKE_CROSSCOMPILING AND CMAKE_CROSSCOMPILING_EMULATOR)
  set(sarray_emulator ${CMAKE_CROSSCOMPILING_EMULATOR})
elseif(CMAKE_CROSSCOMPILING OR SARRAY_FUZZ)
  set(sarray_page_writer "")
endif()

add_custom_target(manual ALL)
if(sarray_page_writer)
  add_custom_command(OUTPUT ${sarray_pages}/made
    COMMAND ${CMAKE_COMMAND} "-DPROGRAM=${sarray_emulator};${sarray_page_writer}" -DFOLDER=${sarray_pages}
      -P ${PROJECT_SOURCE_DIR}/cmake/WritePages.cmake
    DEPENDS ${sarray_page_source} ${PROJECT_SOURCE_DIR}/cmake/WritePages.cmake
    COMMENT "Writing man pages and completions" VERBATIM)
  add_custom_target(sarray_write_pages DEPENDS ${sarray_pages}/made)
  add_dependencies(manual sarray_write_pages)
elseif(NOT SARRAY_FUZZ)
  message(STATUS "sarray: no man pages, since the program does not run here (-DSARRAY_GENERATOR=PROGRAM: a sarray of this version that does)")
endif()

install(FILES LICENSE README.md CHANGELOG.md SECURITY.md CONTRIBUTING.md ARCHITECTURE.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
if(sarray_page_writer)
  install(DIRECTORY ${sarray_pages}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} FILES_MATCHING PATTERN "*.1")
endif()
install(FILES share/completion/sarray.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME sarray)
install(FILES share/completion/sarray.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _sarray)
install(FILES share/completion/sarray.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
file(RELATIVE_PATH SARRAY_MODULE_TO_BIN ${CMAKE_INSTALL_PREFIX}/${sarray_modules} ${CMAKE_INSTALL_FULL_BINDIR})
configure_file(share/modulefile.in modulefile @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/modulefile DESTINATION ${sarray_modules} RENAME ${PROJECT_VERSION})

add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -P ${PROJECT_SOURCE_DIR}/cmake/Uninstall.cmake)
