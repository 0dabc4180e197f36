#include <pfm/kernels/parallel.h>
#include <pfm/nlp/methods/electra_draws.h>

#include <cmath>

namespace pfm::nlp {

Batch filled_in(const Batch& seen, const Matrix& scores, const Rng& rng) {
  expect(scores.rows() == Offset(seen.hidden_nodes.size()), "filled_in: scores of each hidden row");
  Batch filled = seen;
  parallel_for(scores.rows(), 8, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const Rng own = rng.split(std::uint64_t(i));
      double best = -HUGE_VAL;
      for (Offset v = 0; v < scores.cols(); ++v) {
        const double u = own.uniform(std::uint64_t(v)) + 0x1p-54;  // above 0
        const double score = double(scores(i, v)) - std::log(-std::log(u));
        if (score > best) best = score, filled.ids[std::size_t(seen.hidden_nodes[std::size_t(i)])] = NodeId(v);
      }
    }
  });
  return filled;
}

Matrix were_replaced(const Batch& filled, const Batch& truth, std::span<const NodeId> rows) {
  Matrix replaced(Offset(rows.size()), 1);
  for (std::size_t i = 0; i < rows.size(); ++i)
    replaced(Offset(i), 0) = Real(filled.ids[std::size_t(rows[i])] != truth.ids[std::size_t(rows[i])]);
  return replaced;
}

}  // namespace pfm::nlp
