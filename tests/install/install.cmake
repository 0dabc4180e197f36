# -DBUILD= -DSOURCE= -DWORK= -DCOMPILER= -DLIBDIR=: see CMakeLists.txt.
set(prefix ${WORK}/prefix)

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE failed OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(failed)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\n${text}")
  endif()
  set(text "${text}" PARENT_SCOPE)
endfunction()

function(build folder)
  run(${CMAKE_COMMAND} -G Ninja -S ${folder} -B ${WORK}/${ARGV1} -DCMAKE_CXX_COMPILER=${COMPILER}
    -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=Release)
  run(${CMAKE_COMMAND} --build ${WORK}/${ARGV1})
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})

build(${SOURCE}/examples/embed embed)
run(${WORK}/embed/embed)
message("${text}")

if(DEFINED ENV{PFM_SLOW})
  build(${CMAKE_CURRENT_LIST_DIR}/headers headers)
else()
  message("skipped: every installed header alone needs PFM_SLOW=1 (minutes)")
endif()

find_program(pkg_config pkg-config)
if(pkg_config)
  set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
  run(${pkg_config} --cflags --libs pfm)
  separate_arguments(flags UNIX_COMMAND "${text}")
  run(${COMPILER} ${SOURCE}/examples/embed/main.cpp -I${SOURCE}/examples/embed ${flags} -o ${WORK}/by-pkg-config)
  run(${WORK}/by-pkg-config)
else()
  message("skipped: pkg-config is not installed")
endif()
