// What pfm_bench can run: each file names its own.
#pragma once

namespace pfm {

void register_attention();  // attention/, attention-gradient/
void register_bandwidth();  // memory/
void register_gemm();       // gemm/, weights/
void register_ops();        // op/, optimiser/
void register_skipgram();   // skipgram/
void register_sampling();   // sample/
void register_text();       // encoder/
void register_walks();      // walk/
void register_spmm();       // spmm/, spmm-weighted/, spmm-mean/, spmm-max/, sddmm/

}  // namespace pfm
