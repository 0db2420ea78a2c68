# Passed as CMAKE_PROJECT_INCLUDE when building against ROS 2 wheels, and only then.
#
# Imported targets of the wheels name include folders of the machine that built them, and CMake refuses targets whose
# include folders do not exist: drop the missing ones once all targets are known. Python's and NumPy's own folders come
# from find_package(Python3) anyway. And our generated targets must not export absolute folders of this machine, least
# of all of a virtual environment inside the source folder, which CMake refuses: keep those to this build.
function(tidy_include_folders)
  get_property(imported_targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  get_property(own_targets DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS imported_targets own_targets)
    get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(NOT folders)
      continue()
    endif()
    set(kept "")
    foreach(folder IN LISTS folders)
      if(folder MATCHES "^\\$<")
        list(APPEND kept "${folder}")
      elseif(EXISTS "${folder}" AND target IN_LIST own_targets)
        list(APPEND kept "$<BUILD_INTERFACE:${folder}>")
      elseif(EXISTS "${folder}")
        list(APPEND kept "${folder}")
      endif()
    endforeach()
    set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${kept}")
  endforeach()
endfunction()
cmake_language(DEFER CALL tidy_include_folders)
