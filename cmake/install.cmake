# What `cmake --install` lays down: headers under include/pfm, library, program, CMake package, pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pfm)

install(TARGETS pfm EXPORT pfm ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET pfm_program)
  install(TARGETS pfm_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY kernels graph io sampling nn encoders selfsup nlp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pfm
  FILES_MATCHING PATTERN "*.h")
install(EXPORT pfm NAMESPACE pfm:: FILE pfmTargets.cmake DESTINATION ${package_dir})

configure_package_config_file(cmake/pfmConfig.cmake.in ${PROJECT_BINARY_DIR}/pfmConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pfmConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pfmConfig.cmake ${PROJECT_BINARY_DIR}/pfmConfigVersion.cmake
  DESTINATION ${package_dir})

# Flags that change the headers' types travel with them.
get_target_property(definitions pfm INTERFACE_COMPILE_DEFINITIONS)
if(definitions)
  list(TRANSFORM definitions PREPEND -D OUTPUT_VARIABLE PFM_PC_DEFINITIONS)
  list(JOIN PFM_PC_DEFINITIONS " " PFM_PC_DEFINITIONS)
endif()
file(RELATIVE_PATH PFM_PC_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/pfm.pc.in ${PROJECT_BINARY_DIR}/pfm.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pfm.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
