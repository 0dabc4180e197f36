// pfm_bench [--threads N] [options of Google Benchmark]: one thread unless told otherwise. Rates count processor time
// of the calling thread; with more threads, or on a busy machine, read the real time.
#include <benchmark/benchmark.h>
#include <pfm/kernels/parallel.h>

#include <cstdlib>
#include <cstring>

#include "benchmarks.h"

int main(int argc, char** argv) {
  int threads = 1;
  if (argc > 2 && std::strcmp(argv[1], "--threads") == 0) {
    threads = std::atoi(argv[2]);
    argv[2] = argv[0];
    argc -= 2, argv += 2;
  }
  const pfm::Threads limit(threads);
  pfm::register_attention();
  pfm::register_bandwidth();
  pfm::register_gemm();
  pfm::register_ops();
  pfm::register_sampling();
  pfm::register_skipgram();
  pfm::register_spmm();
  pfm::register_text();
  pfm::register_walks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
