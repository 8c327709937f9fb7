# Debian's packages by CPack, out of two builds: this one, which is shared and has the emulator, and a static one whose
# directory KONTEXT_STATIC_BUILD names. `./dev package` makes both, and calls cpack.
if(NOT BUILD_SHARED_LIBS OR NOT KONTEXT_BUILD_EMULATOR OR NOT KONTEXT_STATIC_BUILD)
  message(FATAL_ERROR "The packages need BUILD_SHARED_LIBS, KONTEXT_BUILD_EMULATOR and KONTEXT_STATIC_BUILD")
endif()
find_program(GZIP gzip REQUIRED)
set(KONTEXT_PACKAGE_CONTACT "The Kontext C++ SDK authors <kontext-cpp@example.org>" CACHE STRING
  "Whom the packages name as their maintainer")

set(debian ${PROJECT_SOURCE_DIR}/packaging/debian)
set(package_runtime libkontext${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(package_development libkontext-dev)
set(package_emulator kontext-emulator)

# The version is that of the project; the changelog knows how often it was packaged.
file(STRINGS ${debian}/changelog newest LIMIT_COUNT 1)
if(NOT newest MATCHES "^kontext \\(${PROJECT_VERSION}-([0-9]+)\\) ")
  message(FATAL_ERROR "packaging/debian/changelog does not begin with version ${PROJECT_VERSION}: ${newest}")
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE ${CMAKE_MATCH_1})

# zipped(<file> <name>): a copy in the build directory, compressed as Debian wants it, the same each time.
function(zipped file name)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  configure_file(${file} ${PROJECT_BINARY_DIR}/debian/${name} COPYONLY)
  execute_process(COMMAND ${GZIP} -9nf ${PROJECT_BINARY_DIR}/debian/${name} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "gzip ${name}: ${status}")
  endif()
endfunction()

zipped(${debian}/changelog changelog.Debian)
zipped(${debian}/kontext-emulator.1 kontext-emulator.1)
foreach(part IN ITEMS runtime development emulator)
  install(FILES ${debian}/copyright ${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz
    DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package_${part}}
    COMPONENT kontext_${part})
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/debian/kontext-emulator.1.gz
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
  COMPONENT kontext_emulator)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME kontext)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
# Each package has a description of its own, whose first line is the summary.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_PACKAGE_CONTACT ${KONTEXT_PACKAGE_CONTACT})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# As install(1) makes them, whatever the umask.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# The shared build comes last: the kontext.pc that it brings serves both libraries.
set(CPACK_INSTALL_CMAKE_PROJECTS
  ${KONTEXT_STATIC_BUILD} kontext ALL /
  ${PROJECT_BINARY_DIR} kontext ALL /)

set(CPACK_COMPONENTS_ALL kontext_runtime kontext_development kontext_emulator)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_KONTEXT_RUNTIME_PACKAGE_NAME ${package_runtime})
set(CPACK_DEBIAN_KONTEXT_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_KONTEXT_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_KONTEXT_RUNTIME_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_KONTEXT_RUNTIME_PACKAGE_CONTROL_EXTRA ${debian}/triggers)
# Programs that were built against this version may need what it added.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_COMPONENT_KONTEXT_RUNTIME_DESCRIPTION "Kontext Management SDK for C++ - shared library
A client for the Kontext Management API: applications, integrations, service
accounts, agent sessions, traces and events. It takes care of access tokens,
retries, timeouts and errors.

This package has the shared library.")

set(CPACK_DEBIAN_KONTEXT_DEVELOPMENT_PACKAGE_NAME ${package_development})
set(CPACK_DEBIAN_KONTEXT_DEVELOPMENT_PACKAGE_SECTION libdevel)
# libcurl's for programs that link the static library.
set(CPACK_DEBIAN_KONTEXT_DEVELOPMENT_PACKAGE_DEPENDS
  "${package_runtime} (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}), libcurl4-openssl-dev | libcurl-dev")
set(CPACK_DEBIAN_KONTEXT_DEVELOPMENT_PACKAGE_SUGGESTS "kontext-emulator, nlohmann-json3-dev (>= 3.9), pkg-config")
set(CPACK_COMPONENT_KONTEXT_DEVELOPMENT_DESCRIPTION "Kontext Management SDK for C++ - development files
A client for the Kontext Management API: applications, integrations, service
accounts, agent sessions, traces and events. It takes care of access tokens,
retries, timeouts and errors.

This package has the headers, the static library, a transport for tests that
needs no network, and the files for CMake and pkg-config.")

set(CPACK_DEBIAN_KONTEXT_EMULATOR_PACKAGE_NAME ${package_emulator})
set(CPACK_DEBIAN_KONTEXT_EMULATOR_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_KONTEXT_EMULATOR_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_KONTEXT_EMULATOR_DESCRIPTION "Kontext Management API on this machine, for tests
A local server that speaks the Kontext Management API, keeps what is created
in memory, and is strict about what it is sent. For tests of programs that
use the API, in whatever language.")

include(CPack)
