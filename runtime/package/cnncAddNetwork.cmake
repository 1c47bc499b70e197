# cnnc_add_network(TARGET NETWORK [WEIGHTS FILE] [TARGET MACHINE] [NAME NAME] [OPTIONS ...]): for an installed cnnc
# (cnncConfig.cmake) and for one that is part of the project (CMakeLists.txt). Both set cnnc_EXECUTABLE, and make the
# library cnnc::cnn; cnnc_BUILT_BY is the target that builds cnnc, if the project does.
function(cnnc_add_network target network)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "WEIGHTS;TARGET;NAME" "OPTIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cnnc_add_network: unknown argument ${arg_UNPARSED_ARGUMENTS}; "
      "it takes WEIGHTS, TARGET, NAME, OPTIONS")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "cnnc_add_network: there is no target ${target} yet; call add_executable or add_library first")
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT "C" IN_LIST languages)
    message(FATAL_ERROR "cnnc_add_network: networks are compiled to C: write project(... LANGUAGES C CXX)")
  endif()

  get_filename_component(network "${network}" ABSOLUTE)
  get_filename_component(name "${network}" NAME_WE)
  set(options ${arg_OPTIONS})
  if(arg_NAME)
    set(name "${arg_NAME}")
    list(APPEND options "--name=${arg_NAME}")
  endif()
  if(arg_TARGET)
    list(APPEND options "--target=${arg_TARGET}")
  endif()
  if(arg_WEIGHTS)
    get_filename_component(arg_WEIGHTS "${arg_WEIGHTS}" ABSOLUTE)
    list(APPEND options "--weights=${arg_WEIGHTS}")
  endif()

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/cnnc/${target}")
  file(MAKE_DIRECTORY "${folder}")
  add_custom_command(
    OUTPUT "${folder}/${name}.c" "${folder}/${name}.h"
    BYPRODUCTS "${folder}/${name}.cnnw"
    COMMAND "${cnnc_EXECUTABLE}" ${options} -o "${folder}/${name}.c" "${network}"
    DEPENDS "${network}" ${arg_WEIGHTS} "${cnnc_EXECUTABLE}" ${cnnc_BUILT_BY}
    COMMENT "Compiling network ${name}"
    VERBATIM)
  # CMake does not optimise unless a build type is set, and the network would be slow.
  set_source_files_properties("${folder}/${name}.c" PROPERTIES COMPILE_OPTIONS "$<$<STREQUAL:$<CONFIG>,>:-O2>")
  target_sources(${target} PRIVATE "${folder}/${name}.c" "${folder}/${name}.h")
  target_include_directories(${target} PRIVATE "${folder}")
  target_link_libraries(${target} PRIVATE cnnc::cnn)
  set(${name}_CNNW "${folder}/${name}.cnnw" PARENT_SCOPE)
endfunction()
