#include <fmt/format.h>
#include <pfm/multimodal/clip.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/pairs.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

using Layout = ImageTensor::Layout;

void clip_layers(ImageTensors& names, const std::string& theirs, const std::string& ours, Offset count) {
  constexpr std::pair<const char*, const char*> linears[] = {
      {"self_attn.q_proj", "attention.query"}, {"self_attn.k_proj", "attention.key"},
      {"self_attn.v_proj", "attention.value"}, {"self_attn.out_proj", "attention.output"},
      {"mlp.fc1", "feed_forward.0"},           {"mlp.fc2", "feed_forward.1"}};
  constexpr std::pair<const char*, const char*> norms[] = {{"layer_norm1", "attention_norm"},
                                                           {"layer_norm2", "feed_forward_norm"}};
  for (Offset i = 0; i < count; ++i) {
    const std::string from = fmt::format("{}.encoder.layers.{}.", theirs, i),
                      to = fmt::format("{}.layers.{}.", ours, i);
    for (const auto& [there, here] : linears) linear_tensors(names, from + there, to + here);
    for (const auto& [there, here] : norms) norm_tensors(names, from + there, to + here);
  }
}

}  // namespace

ClipModel::ClipModel(const Params& p, const ClipShape& s)
    : text(p / "text", s.text),
      image(p / "image", s.columns, s.grid, s.image, VisionTransformer::Positions::learned, 1,
            {.patch_bias = false, .norm_before = true}),
      text_projection(p / "text_projection", s.text.hidden, s.width, Linear::Bias::no),
      image_projection(p / "image_projection", s.image.width, s.width, Linear::Bias::no),
      logit_scale(p.constant("logit_scale", 1, 1, std::log(1 / 0.07))),
      end(s.end) {}

Var ClipModel::texts(const Batch& tokens, const std::optional<Rng>& rng) const {
  std::vector<NodeId> ends;
  for (std::size_t g = 0; g + 1 < tokens.segments.size(); ++g) {
    expect(tokens.segments[g] < tokens.segments[g + 1], "ClipModel: texts with a token");
    const auto first = tokens.ids.begin() + tokens.segments[g], last = tokens.ids.begin() + tokens.segments[g + 1] - 1;
    ends.push_back(NodeId(std::find(first, last, end) - tokens.ids.begin()));
  }
  return l2_normalise(text_projection(gather_rows(text(nlp::text_rows(text.architecture, tokens), rng), ends)));
}

Var ClipModel::images(const Batch& patches, const std::optional<Rng>& rng) const {
  const PatchRows where = patch_rows(patches);
  return l2_normalise(image_projection(first_of_each(image(where, patches.x, rng), where.segments, 1)));
}

Var ClipModel::loss(const Var& of_texts, const Var& of_images) const {
  const std::vector<NodeId> one_scale(std::size_t(of_texts.rows()), 0);
  const Var scaled = multiply_column(of_texts, gather_rows(exp(logit_scale), one_scale));
  const Var own = row_dots(scaled, of_images);
  return scale(
      add(mean(subtract(pair_log_sums(scaled, of_images), own)), mean(subtract(pair_log_sums(of_images, scaled), own))),
      Real(0.5));
}

ImageTensors clip_tensors(const ClipShape& s) {
  ImageTensors names{
      {"logit_scale", "logit_scale", Layout::row},
      {"text_projection.weight", "text_projection.weight", Layout::linear},
      {"visual_projection.weight", "image_projection.weight", Layout::linear},
      {"text_model.embeddings.token_embedding.weight", "text.embedding.tokens.weight", Layout::table},
      {"text_model.embeddings.position_embedding.weight", "text.embedding.positions.weight", Layout::table},
      {"vision_model.embeddings.class_embedding", "image.class", Layout::row},
      {"vision_model.embeddings.patch_embedding.weight", "image.patches.weight", Layout::kernel},
      {"vision_model.embeddings.position_embedding.weight", "image.positions", Layout::table}};
  clip_layers(names, "text_model", "text", s.text.layers);
  norm_tensors(names, "text_model.final_layer_norm", "text.norm");
  norm_tensors(names, "vision_model.pre_layrnorm", "image.norm_before");  // so they spell it
  clip_layers(names, "vision_model", "image", s.image.layers);
  norm_tensors(names, "vision_model.post_layernorm", "image.norm");
  return names;
}

}  // namespace pfm
