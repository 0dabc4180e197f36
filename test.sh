#!/bin/bash
# ./test.sh       gradient checks in double precision, then all fast tests of the release build
# ./test.sh all [PRESET..]
#                 every preset: address, undefined-behaviour and thread sanitizers, clang; thousands of corruptions and
#                 kills in debug and release, tables of figures in release
# Installs what is missing (Debian 12). Data and reference results are taken from PFM_DATA and PFM_FIXTURES, else from
# ../shared/data and ../shared/fixtures where these exist; tests that lack them are listed as skipped.
set -euo pipefail
cd "$(dirname "$0")"
. cmake/packages.sh

for name in data fixtures; do
  variable=PFM_${name^^}
  if [ -z "${!variable:-}" ] && [ -d "../shared/$name" ]; then export "$variable=$(realpath "../shared/$name")"; fi
done

together=OFF  # files compiled together: a third off the time of a whole build
build() {  # PRESET [TARGET..]
  echo "== build $1"
  cmake --preset "$1" -DPFM_TESTS=ON -DCMAKE_UNITY_BUILD=$together > /dev/null
  cmake --build --preset "$1" ${2:+--target "${@:2}"}
}

skipped=$(mktemp)
trap 'rm -f "$skipped"' EXIT

check() {  # FOLDER PRESET [ARGUMENT OF CTEST..]
  echo "== test $2"
  ctest --preset "${@:2}"
  # What a test could not do it says in a line with this word; doctest counts cases of other suites as skipped.
  grep -h 'skipped' "$1/Testing/Temporary/LastTest.log" | grep -v '^\[doctest\]' | sed "s/^/$2: /" >> "$skipped" || true
}

case "${1:-fast}" in
  fast)
    need build test
    together=ON
    build double pfm_tests
    check build-double double -E '^(install|cli|build_pfm_(parity|training|data)_tests_first)$'
    build release
    check build release
    ;;
  all)
    need build test all
    shift
    for preset in ${*:-debug tsan double clang release}; do
      folder=build-$preset
      [ $preset != release ] || folder=build
      unset PFM_SLOW
      case $preset in debug | release) export PFM_SLOW=1 ;; esac
      build $preset all pfm_bench
      # Thousands of damaged files under sanitizers take longer than ctest lets a test run.
      case $preset in
        release) check $folder $preset --timeout 7200 ;;
        *) check $folder $preset --timeout 7200 -E '^slow' ;;
      esac
    done
    ;;
  *)
    echo "usage: ./test.sh [all [PRESET..]]" >&2
    exit 2
    ;;
esac
if [ -s "$skipped" ]; then
  echo "Not tested, as the tests say:"
  sort -u "$skipped"
fi
