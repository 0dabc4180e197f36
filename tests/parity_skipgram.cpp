// trajectories/skipgram.h5: word2vec's updates pair by pair, every draw given.
#include <pfm/kernels/skipgram.h>
#include <pfm/tests/parity.h>

#include <algorithm>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;
using Outputs = std::vector<SkipgramOutput>;

HuffmanTree tree_of(const Group& file) { return HuffmanTree(file.array("huffman/counts").as<std::int64_t>()); }

// [N, longest], -1 behind the end of a way.
template <class Part>
std::vector<std::int64_t> rows(const HuffmanTree& tree, std::size_t longest, Part part) {
  std::vector<std::int64_t> all;
  for (NodeId word = 0; word < tree.words(); ++word) {
    const auto row = part(word);
    all.insert(all.end(), row.begin(), row.end());
    all.resize((std::size_t(word) + 1) * longest, -1);
  }
  return all;
}

bool compare_tree(const Group& file, Comparison& compare) {
  const HuffmanTree tree = tree_of(file);
  const Array &nodes = file.array("huffman/nodes"), &codes = file.array("huffman/codes");
  const std::size_t longest = std::size_t(nodes.shape[1]);
  compare.exact("nodes", rows(tree, longest, [&](NodeId word) { return tree.nodes(word); }), nodes);
  compare.exact("codes", rows(tree, longest, [&](NodeId word) { return tree.codes(word); }), codes);
  return true;
}

// outputs(t) are those of pair t.
template <class Of>
bool compare_pairs(const Group& file, const std::string& kind, Comparison& compare, Of outputs) {
  const Group& expected = file.group(kind).group(precision);
  const auto centers = file.array("center").as<NodeId>();
  const auto rates = file.array("rate").as<Real>();
  Matrix in = file.array("in").matrix(), out = file.array("out").matrix();
  const Array& losses = expected.array("loss");
  Matrix found(1, Offset(centers.size()));
  for (std::size_t t = 0; t < centers.size(); ++t)
    found(0, Offset(t)) = Real(update_pair(in.row(centers[t]), outputs(t), rates[t], out));
  compare.forward("loss", found, losses);
  compare.forward("in", in, expected.array("in"));
  compare.forward("out", out, expected.array("out"));
  return true;
}

bool compare_negative_sampling(const Group& file, Comparison& compare) {
  const auto contexts = file.array("context").as<NodeId>(), negatives = file.array("negative").as<NodeId>();
  const std::size_t drawn = negatives.size() / contexts.size();
  return compare_pairs(file, "negative_sampling", compare, [&](std::size_t t) {
    Outputs outputs{{contexts[t], true}};
    for (const NodeId word : std::span(negatives).subspan(t * drawn, drawn))
      if (word != contexts[t]) outputs.push_back({word, false});
    return outputs;
  });
}

bool compare_hierarchical_softmax(const Group& file, Comparison& compare) {
  const HuffmanTree tree = tree_of(file);
  const auto contexts = file.array("context").as<NodeId>();
  return compare_pairs(file, "hierarchical_softmax", compare, [&](std::size_t t) {
    Outputs outputs;
    for (std::size_t i = 0; i < tree.nodes(contexts[t]).size(); ++i)
      outputs.push_back({tree.nodes(contexts[t])[i], tree.codes(contexts[t])[i] == 0});
    return outputs;
  });
}

}  // namespace

std::vector<Case> skipgram_cases(std::shared_ptr<const Group> file, const std::filesystem::path& path) {
  if (path.stem() != "skipgram") return {};
  auto one = [&](const char* name, bool (*compare)(const Group&, Comparison&)) {
    return Case{name, [=](Comparison& comparison) { return compare(*file, comparison); }};
  };
  return {one("huffman", compare_tree), one("negative_sampling", compare_negative_sampling),
          one("hierarchical_softmax", compare_hierarchical_softmax)};
}

}  // namespace pfm::parity
