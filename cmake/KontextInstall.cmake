# What `cmake --install` lays down: headers, the library, its mock, a package config and a pkg-config file. A shared and a
# static build can be installed into one prefix: each has an export file of its own, and kontextConfig.cmake chooses.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

if(BUILD_SHARED_LIBS)
  set(kontext_kind shared)
else()
  set(kontext_kind static)
endif()
set(kontext_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kontext)

install(TARGETS kontext kontext_mock
  EXPORT kontext-${kontext_kind}-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT kontext_runtime NAMELINK_COMPONENT kontext_development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT kontext_development
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT kontext_runtime
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT kontext-${kontext_kind}-targets
  NAMESPACE kontext::
  DESTINATION ${kontext_cmake_dir}
  COMPONENT kontext_development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/kontext
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT kontext_development
  FILES_MATCHING PATTERN *.hpp)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/kontextConfig.cmake.in
  ${PROJECT_BINARY_DIR}/kontextConfig.cmake
  INSTALL_DESTINATION ${kontext_cmake_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kontextConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kontextConfig.cmake ${PROJECT_BINARY_DIR}/kontextConfigVersion.cmake
  DESTINATION ${kontext_cmake_dir}
  COMPONENT kontext_development)

# The way from the .pc file back to the prefix, so that the tree can be moved.
file(RELATIVE_PATH kontext_pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
# The static library's users link libcurl themselves, also without --static.
set(kontext_pc_libs)
if(NOT BUILD_SHARED_LIBS)
  set(kontext_pc_libs " -lcurl -pthread")
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/kontext.pc.in ${PROJECT_BINARY_DIR}/kontext.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kontext.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT kontext_development)

if(TARGET kontext-emulator)
  install(TARGETS kontext-emulator RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT kontext_emulator)
endif()
