// What ELECTRA's generator writes and what its discriminator is asked.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/random.h>

namespace pfm::nlp {

// `seen` with a token at each of its hidden_nodes drawn from softmax(scores), by Gumbel's maximum.  scores [hidden, V]
Batch filled_in(const Batch& seen, const Matrix& scores, const Rng& rng);

// 1 where a token at `rows` is not the one that was there.  [rows, 1]
Matrix were_replaced(const Batch& filled, const Batch& truth, std::span<const NodeId> rows);

}  // namespace pfm::nlp
