#!/bin/bash
# Installs what is missing (Debian 12), builds the program and runs the main job: DGI on Cora, ten seeds.
set -euo pipefail
cd "$(dirname "$0")"
. cmake/packages.sh

need build
# Warnings stop developers, not newcomers with another compiler or processor.
[ -f build/build.ninja ] || cmake --preset release -DPFM_TESTS=OFF -DPFM_WERROR=OFF -DCMAKE_UNITY_BUILD=ON
ninja -C build pfm_program

records=build/quickstart
[ ! -d $records ] || [ $records -nt build/pfm ] || rm -r $records  # of an older program
printf '\nbuild/pfm run dgi cora --seeds 10 --record %s\n' $records
build/pfm run dgi cora --seeds 10 --record $records

cat <<TEXT

Written: the program build/pfm and a record of every seed in $records (the same command computes only what is missing).
Try next:
  build/pfm report $records                               the table in Markdown
  build/pfm pretrain dgi cora -o dgi.safetensors                  weights
  build/pfm embed dgi.safetensors cora -o cora.h5                 a row of numbers per node
  build/pfm nearest cora.h5 0                                     the nodes most like node 0
  build/pfm help dgi                                              options and published figures
  build/pfm info karate                                           what a data set holds
  build/pfm methods                                               what can be run
  ./test.sh                                                       all fast tests
TEXT
