# CMAKE_UNITY_BUILD (test.sh) takes a third off a whole build: a compiler reads headers most of the time. Files of one
# folder are compiled together in groups that depend on their names alone, so that a new file changes one group.
function(group_by_folder target)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    get_filename_component(folder ${source} DIRECTORY)
    string(MD5 digest ${source})
    string(SUBSTRING ${digest} 0 4 digest)
    math(EXPR group "0x${digest} % 6")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP "${folder}_${group}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
endfunction()
