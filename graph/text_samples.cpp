#include <pfm/graph/text_samples.h>
#include <pfm/kernels/error.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace pfm {

Dataset of_texts(std::string name, std::vector<std::string> texts) {
  if (texts.size() >= std::size_t(std::numeric_limits<NodeId>::max()))
    throw Error(Fault::input, name + ": more texts than 32-bit ids can name");
  Dataset data;
  data.name = std::move(name);
  data.task = Task::graph;
  data.all.graph = Graph::without_edges(NodeId(texts.size()));
  data.all.x = Features::identity(NodeId(texts.size()));
  data.all.segments.resize(texts.size() + 1);
  std::iota(data.all.segments.begin(), data.all.segments.end(), Offset{0});
  data.all.samples.resize(texts.size());
  std::iota(data.all.samples.begin(), data.all.samples.end(), std::int64_t{0});
  data.texts = std::move(texts);
  return data;
}

bool holds_texts(const Dataset& data) {
  return data.task == Task::graph && !data.texts.empty() && Offset(data.texts.size()) == data.graphs() &&
         data.all.graph.edges() == 0;
}

Dataset of_text_pairs(const Dataset& data) {
  std::vector<std::string> texts;
  for (const Triple& pair : data.targets.pairs)
    for (const NodeId text : {pair.source, pair.target}) texts.push_back(data.texts[std::size_t(text)]);
  Dataset result = of_texts(data.name, std::move(texts));
  const std::size_t count = data.targets.pairs.size();
  for (std::size_t i = 0; i <= count; ++i) result.all.segments[i] = Offset(2 * i);
  result.all.segments.resize(count + 1), result.all.samples.resize(count);
  result.targets.classes = data.targets.classes, result.targets.class_names = data.targets.class_names;
  result.splits = data.splits, result.folds = data.folds;
  return result;
}

int texts_of_a_sample(const Dataset& data) {
  if (data.texts.empty()) return 0;
  if (Offset(data.texts.size()) == data.graphs()) return 1;
  if (data.task != Task::graph || data.all.graph.edges() > 0 || Offset(data.texts.size()) != 2 * data.graphs())
    return 0;
  for (std::size_t g = 0; g < data.all.segments.size(); ++g)
    if (data.all.segments[g] != Offset(2 * g)) return 0;
  return 2;
}

Dataset chosen_texts(const Dataset& data, std::span<const NodeId> chosen) {
  std::vector<std::string> texts;
  for (const NodeId i : chosen) texts.push_back(data.texts[std::size_t(i)]);
  Dataset result = of_texts(data.name, std::move(texts));
  result.targets.class_names = data.targets.class_names;
  if (!data.targets.classes.empty() && data.targets.pairs.empty())
    for (const NodeId i : chosen) result.targets.classes.push_back(data.targets.classes[std::size_t(i)]);
  return result;
}

std::int64_t character_count(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace pfm
