# Where things are installed. Included before the first install rule: the folders that are not there yet are noted when nothing is
# installed, and `make uninstall` removes those again.
set(sarray_modules ${CMAKE_INSTALL_DATADIR}/sarray/modulefiles/sarray)
set(sarray_destinations ${CMAKE_INSTALL_BINDIR} ${CMAKE_INSTALL_DOCDIR}/docs ${CMAKE_INSTALL_MANDIR}/man1
  ${CMAKE_INSTALL_DATADIR}/bash-completion/completions ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
  ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d ${sarray_modules})
install(CODE "set(sarray_destinations \"${sarray_destinations}\")\nset(sarray_note \"${PROJECT_BINARY_DIR}/install_folders.txt\")")
install(SCRIPT cmake/NoteFolders.cmake)
