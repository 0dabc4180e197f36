#include <fmt/format.h>
#include <pfm/vision/weight_names.h>

#include <algorithm>
#include <set>

namespace pfm {

using Layout = ImageTensor::Layout;

void linear_tensors(ImageTensors& names, const std::string& theirs, const std::string& ours) {
  names.push_back({theirs + ".weight", ours + ".weight", Layout::linear});
  names.push_back({theirs + ".bias", ours + ".bias", Layout::row});
}

void norm_tensors(ImageTensors& names, const std::string& theirs, const std::string& ours) {
  names.push_back({theirs + ".weight", ours + ".scale", Layout::row});
  names.push_back({theirs + ".bias", ours + ".shift", Layout::row});
}

namespace {

void layers(ImageTensors& names, const std::string& theirs, const std::string& ours, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string from = fmt::format("{}.{}.", theirs, i), to = fmt::format("{}.layers.{}.", ours, i);
    for (const char* part : {"query", "key", "value"})
      linear_tensors(names, from + "attention.attention." + part, to + "attention." + part);
    linear_tensors(names, from + "attention.output.dense", to + "attention.output");
    linear_tensors(names, from + "intermediate.dense", to + "feed_forward.0");
    linear_tensors(names, from + "output.dense", to + "feed_forward.1");
    norm_tensors(names, from + "layernorm_before", to + "attention_norm");
    norm_tensors(names, from + "layernorm_after", to + "feed_forward_norm");
  }
}

ImageTensors encoder(int count) {
  ImageTensors names{{"vit.embeddings.patch_embeddings.projection.weight", "encoder.patches.weight", Layout::kernel},
                     {"vit.embeddings.patch_embeddings.projection.bias", "encoder.patches.bias", Layout::row},
                     {"vit.embeddings.cls_token", "encoder.class", Layout::table},
                     {"vit.embeddings.position_embeddings", "encoder.positions", Layout::table}};
  layers(names, "vit.encoder.layer", "encoder", count);
  norm_tensors(names, "vit.layernorm", "encoder.norm");
  return names;
}

void convolution_norm(ImageTensors& names, const std::string& theirs, const std::string& ours) {
  names.push_back({theirs + ".convolution.weight", ours + ".weight", Layout::kernel});
  norm_tensors(names, theirs + ".normalization", ours + ".norm");
  names.push_back({theirs + ".normalization.running_mean", ours + ".norm.running_mean", Layout::row});
  names.push_back({theirs + ".normalization.running_var", ours + ".norm.running_variance", Layout::row});
}

}  // namespace

ImageTensors vit_tensors(int count) {
  ImageTensors names = encoder(count);
  linear_tensors(names, "classifier", "finetune");
  return names;
}

ImageTensors mae_tensors(int count, int decoder_count) {
  ImageTensors names = encoder(count);
  linear_tensors(names, "decoder.decoder_embed", "decoder.in");
  linear_tensors(names, "decoder.decoder_pred", "decoder.out");
  names.push_back({"decoder.mask_token", "decoder.token", Layout::table});
  names.push_back({"decoder.decoder_pos_embed", "decoder.positions", Layout::table});
  layers(names, "decoder.decoder_layers", "decoder", decoder_count);
  norm_tensors(names, "decoder.decoder_norm", "decoder.norm");
  return names;
}

ImageTensors beit_tensors(int count, VisionTransformer::Positions positions, VisionParts::Relative relative) {
  ImageTensors names{{"beit.embeddings.patch_embeddings.projection.weight", "encoder.patches.weight", Layout::kernel},
                     {"beit.embeddings.patch_embeddings.projection.bias", "encoder.patches.bias", Layout::row},
                     {"beit.embeddings.cls_token", "encoder.class", Layout::table},
                     {"beit.embeddings.mask_token", "encoder.token", Layout::table}};
  const std::string table = "relative_position_bias.relative_position_bias_table";
  if (positions == VisionTransformer::Positions::learned)
    names.push_back({"beit.embeddings.position_embeddings", "encoder.positions", Layout::table});
  if (relative == VisionParts::Relative::shared)
    names.push_back({"beit.encoder." + table, "encoder.pair_bias", Layout::table});
  layers(names, "beit.encoder.layer", "encoder", count);
  std::erase_if(names, [](const ImageTensor& name) { return name.ours.ends_with("attention.key.bias"); });
  for (int i = 0; i < count; ++i) {
    const std::string from = fmt::format("beit.encoder.layer.{}.", i), to = fmt::format("encoder.layers.{}.", i);
    names.push_back({from + "lambda_1", to + "attention_scale", Layout::row});
    names.push_back({from + "lambda_2", to + "feed_forward_scale", Layout::row});
    if (relative == VisionParts::Relative::each_layer)
      names.push_back({from + "attention.attention." + table, to + "pair_bias", Layout::table});
  }
  norm_tensors(names, "layernorm", "encoder.norm");
  linear_tensors(names, "lm_head", "codes");
  return names;
}

ImageTensors resnet_tensors(const ResNet& network, const std::vector<int>& depths) {
  ImageTensors names;
  convolution_norm(names, "resnet.embedder.embedder", "encoder.stem");
  std::size_t next = 0;
  for (std::size_t stage = 0; stage < depths.size(); ++stage)
    for (int block = 0; block < depths[stage]; ++block) {
      const ResidualBlock& here = network.blocks.at(next++);
      const std::string from = fmt::format("resnet.encoder.stages.{}.layers.{}.", stage, block);
      const std::string to = fmt::format("encoder.stages.{}.{}.", stage, block);
      for (std::size_t l = 0; l < here.layers.size(); ++l)
        convolution_norm(names, fmt::format("{}layer.{}", from, l), fmt::format("{}{}", to, l));
      if (here.shortcut) convolution_norm(names, from + "shortcut", to + "shortcut");
    }
  linear_tensors(names, "classifier.1", "finetune");
  return names;
}

Matrix as_ours(const ImageTensor& name, const Matrix& theirs, Offset rows, Offset cols) {
  expect(theirs.size() == rows * cols, "as_ours: as many values");
  Matrix ours(rows, cols);
  if (name.layout == Layout::row || name.layout == Layout::table) {
    std::ranges::copy(theirs.values(), ours.data());
    return ours;
  }
  // Theirs counts out, in, window pixel; ours window pixel, in, out. A linear map has one window pixel: in = rows.
  const Offset pixels = name.layout == Layout::linear ? 1 : theirs.cols() * theirs.cols(), in = rows / pixels;
  for (Offset out = 0; out < cols; ++out)
    for (Offset c = 0; c < in; ++c)
      for (Offset p = 0; p < pixels; ++p) ours(p * in + c, out) = theirs.data()[(out * in + c) * pixels + p];
  return ours;
}

Matrix as_theirs(const ImageTensor& name, const Matrix& ours, Offset window_pixels) {
  if (name.layout == Layout::row || name.layout == Layout::table) return ours.clone();
  const Offset pixels = name.layout == Layout::linear ? 1 : window_pixels, in = ours.rows() / pixels;
  Matrix theirs(ours.cols(), ours.rows());
  for (Offset out = 0; out < ours.cols(); ++out)
    for (Offset c = 0; c < in; ++c)
      for (Offset p = 0; p < pixels; ++p) theirs(out, c * pixels + p) = ours(p * in + c, out);
  return theirs;
}

void put_weights(const Params& p, const ImageTensors& names, const std::map<std::string, Matrix>& theirs,
                 const std::string& origin) {
  std::set<std::string> known;
  for (const ImageTensor& name : names) {
    const auto found = theirs.find(name.theirs);
    if (found == theirs.end()) throw Error(Fault::input, fmt::format("{}: lacks the tensor '{}'", origin, name.theirs));
    Var here = p.at(name.ours);
    const Matrix& value = found->second;
    const bool square = name.layout != Layout::kernel || here.rows() % (value.cols() * value.cols()) == 0;
    if (value.size() != here.value().size() || !square)
      throw Error(Fault::input,
                  fmt::format("{}: '{}' has {} values, by the configuration {}{}", origin, name.theirs, value.size(),
                              here.value().size(), square ? "" : " for windows as high as wide"));
    here.value() = as_ours(name, value, here.rows(), here.cols());
    known.insert(name.theirs);
  }
  for (const auto& [name, value] : theirs)
    if (!known.contains(name) && !name.ends_with("num_batches_tracked"))
      throw Error(Fault::input,
                  fmt::format("{}: has the tensor '{}' that no such model has", origin, name.substr(0, 100)));
}

}  // namespace pfm
