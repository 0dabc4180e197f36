#include <fmt/format.h>
#include <pfm/io/images.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/parallel.h>

#include <numeric>

namespace pfm::io {
namespace {

std::vector<NodeId> range(std::size_t begin, std::size_t end) {
  std::vector<NodeId> items(end - begin);
  std::iota(items.begin(), items.end(), NodeId(begin));
  return items;
}

Matrix scaled(const std::vector<std::uint8_t>& values, Offset channels) {
  Matrix x(Offset(values.size()) / channels, channels);
  parallel_for(x.size(), 65536, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) x.data()[i] = Real(values[std::size_t(i)]) / 255;
  });
  return x;
}

}  // namespace

Dataset image_dataset(const std::string& name, Images images) {
  const std::size_t count = images.grids.size();
  if (count == 0) throw Error(Fault::input, fmt::format("{}: no images, expected at least one", name));
  for (const std::string& word : images.class_names)
    if (!is_utf8(word))
      throw Error(Fault::input, fmt::format("{}: the class {} is not UTF-8", name, excerpt(as_utf8(word))));
  Dataset data;
  data.name = name;
  data.task = Task::graph;
  data.all.segments = {0};
  for (std::size_t g = 0; g < count; ++g) {
    data.all.segments.push_back(data.all.segments.back() + Offset(images.grids[g].height) * images.grids[g].width);
    data.all.samples.push_back(std::int64_t(g));
  }
  const Offset pixels = data.all.segments.back();
  if (pixels > most_pixels)
    throw Error(Fault::input, fmt::format("{}: {} pixels, at most {} have room", name, pixels, most_pixels));
  expect(Offset(images.values.size()) == pixels * images.channels, "image_dataset: a value per pixel and channel");
  data.all.graph = Graph::without_edges(NodeId(pixels));
  data.all.x = scaled(images.values, images.channels);
  data.all.grids = std::move(images.grids);
  data.targets.classes = std::move(images.classes);
  data.targets.class_names = std::move(images.class_names);
  if (images.test > 0)
    data.splits = {{"train", range(0, count - images.test)}, {"test", range(count - images.test, count)}};
  return data;
}

}  // namespace pfm::io
