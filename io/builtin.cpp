#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/builtin.h>
#include <pfm/io/corpus.h>
#include <pfm/io/embedded_bytes.h>
#include <pfm/io/idx.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/tu_single.h>

namespace pfm::io {
namespace {

EMBED(coriolanus_text, "coriolanus/text.txt")
EMBED(cora_edges, "cora/edges.txt")
EMBED(cora_features, "cora/features.txt")
EMBED(cora_labels, "cora/labels.txt")
EMBED(cora_train, "cora/train.txt")
EMBED(cora_validation, "cora/val.txt")
EMBED(cora_test, "cora/test.txt")
EMBED(karate_edges, "karate/edges.txt")
EMBED(karate_labels, "karate/labels.txt")
EMBED(mutag, "mutag/graphs.txt")
EMBED(digits_images, "digits/images-idx3-ubyte")
EMBED(digits_labels, "digits/labels-idx1-ubyte")

Dataset cora() {
  return parse_planetoid_text("cora", {{"edges.txt", EMBEDDED(cora_edges)},
                                       {"features.txt", EMBEDDED(cora_features)},
                                       {"labels.txt", EMBEDDED(cora_labels)},
                                       {"train.txt", EMBEDDED(cora_train)},
                                       {"val.txt", EMBEDDED(cora_validation)},
                                       {"test.txt", EMBEDDED(cora_test)}});
}

Dataset coriolanus() { return of_texts("coriolanus", documents_of(EMBEDDED(coriolanus_text))); }

Dataset karate() {
  return parse_planetoid_text("karate",
                              {{"edges.txt", EMBEDDED(karate_edges)}, {"labels.txt", EMBEDDED(karate_labels)}});
}

Dataset mutag_graphs() { return parse_tu_single("mutag", EMBEDDED(mutag)); }

// The usual parts: 1,000 for training, 797 for testing.
Dataset digits() { return parse_idx("digits", EMBEDDED(digits_images), EMBEDDED(digits_labels), 797); }

struct Builtin {
  const char* name;
  Dataset (*make)();
};
constexpr Builtin table[] = {
    {"cora", cora}, {"coriolanus", coriolanus}, {"digits", digits}, {"karate", karate}, {"mutag", mutag_graphs}};

}  // namespace

std::vector<std::string> builtin_names() {
  std::vector<std::string> names;
  for (const Builtin& row : table) names.emplace_back(row.name);
  return names;
}

Dataset builtin(const std::string& name) {
  for (const Builtin& row : table)
    if (name == row.name) return row.make();
  throw Error(Fault::input,
              fmt::format("'{}': not a built-in data set, expected one of {}", name, fmt::join(builtin_names(), ", ")));
}

}  // namespace pfm::io
