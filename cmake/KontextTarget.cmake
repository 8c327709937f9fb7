# kontext_target(<target> [STANDARD <year>]): what every target of ours has in common. Nothing global is set, so that a
# project which adds us with add_subdirectory keeps its own flags.
function(kontext_target target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "STANDARD" "")
  if(NOT ARG_STANDARD)
    set(ARG_STANDARD 17)
  endif()
  set_target_properties(${target} PROPERTIES CXX_STANDARD ${ARG_STANDARD} CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  if(KONTEXT_WERROR)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
    # GCC 12 takes some assignments to std::string for overlapping copies, where it optimizes: its bug 105651.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      target_compile_options(${target} PRIVATE -Wno-restrict)
    endif()
  endif()
endfunction()
