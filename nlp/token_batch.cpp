#include <pfm/nlp/token_batch.h>

#include <numeric>

namespace pfm::nlp {

// ids(g) and, where they are not all of the first text, segments(g).
template <class Ids, class Texts>
static Batch batch_of(std::size_t sentences, Ids ids, Texts texts) {
  Batch batch;
  batch.segments = {0};
  for (std::size_t g = 0; g < sentences; ++g) {
    batch.ids.insert(batch.ids.end(), ids(g).begin(), ids(g).end());
    batch.segments.push_back(Offset(batch.ids.size()));
  }
  expect(batch.ids.size() < std::size_t(std::numeric_limits<NodeId>::max()), "token_batch: rows that NodeId counts");
  Matrix of_second(Offset(batch.ids.size()), 1);
  for (std::size_t g = 0; g < sentences; ++g) texts(g, of_second.data() + batch.segments[g]);
  batch.graph = Graph::without_edges(NodeId(batch.ids.size()));
  batch.x = Features(std::move(of_second));
  batch.samples.resize(sentences);
  std::iota(batch.samples.begin(), batch.samples.end(), 0);
  return batch;
}

Batch token_batch(std::span<const TokenIds> sentences) {
  return batch_of(
      sentences.size(), [&](std::size_t g) -> const TokenIds& { return sentences[g]; },
      [&](std::size_t g, Real* to) { std::fill_n(to, sentences[g].size(), Real(0)); });
}

Batch token_batch(std::span<const FramedPair> pairs) {
  return batch_of(
      pairs.size(), [&](std::size_t g) -> const TokenIds& { return pairs[g].ids; },
      [&](std::size_t g, Real* to) { std::copy(pairs[g].segments.begin(), pairs[g].segments.end(), to); });
}

}  // namespace pfm::nlp
