#!/bin/bash
# Installs what is missing (Debian 12), builds the program and runs the main job: DGI on Cora, ten seeds.
set -euo pipefail
cd "$(dirname "$0")"
. cmake/packages.sh

need build
[ -f build/build.ninja ] || cmake --preset release -DPFM_TESTS=OFF
ninja -C build pfm_program

echo
echo "build/pfm run dgi cora --seeds 10"
build/pfm run dgi cora --seeds 10

cat <<'TEXT'

Written: the program build/pfm. The table above is the result; nothing else was stored. Try next:
  build/pfm run dgi cora --seeds 10 --json result.json            the same figures for a program to read
  build/pfm pretrain dgi cora -o dgi.safetensors                  weights
  build/pfm embed dgi.safetensors cora -o cora.h5                 one vector per node
  build/pfm nearest cora.h5 0                                     the nodes most like node 0
  build/pfm info cora; build/pfm methods; build/pfm --help        what there is
  ./test.sh                                                       all fast tests
TEXT
