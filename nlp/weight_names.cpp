#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/nlp/weight_names.h>

#include <array>

namespace pfm::nlp {

void Names::table(const std::string& theirs, const std::string& ours, Offset rows, Offset cols) {
  tensors.push_back({.theirs = theirs, .ours = ours, .rows = rows, .cols = cols, .part = part_});
}

void Names::vector(const std::string& theirs, const std::string& ours, Offset width) {
  table(theirs, ours, 1, width);
  tensors.back().vector = true;
}

void Names::linear(const std::string& theirs, const std::string& ours, Offset in, Offset out) {
  table(theirs + ".weight", ours + ".weight", in, out);
  tensors.back().transposed = true;
  vector(theirs + ".bias", ours + ".bias", out);
}

void Names::norm(const std::string& theirs, const std::string& ours, Offset width) {
  vector(theirs + ".weight", ours + ".scale", width);
  vector(theirs + ".bias", ours + ".shift", width);
}

void Names::conv1d(const std::string& theirs, const std::string& ours, Offset in, Offset out) {
  fused(theirs, std::array{ours}, in, out);
}

void Names::by_heads(const std::string& theirs, const std::string& ours, Offset rows, Offset cols,
                     std::vector<Offset> axes) {
  table(theirs, ours, rows, cols);
  tensors.back().axes = std::move(axes);
}

void Names::fused(const std::string& theirs, std::span<const std::string> ours, Offset in, Offset out_each) {
  for (std::size_t i = 0; i < ours.size(); ++i)
    for (const bool bias : {false, true}) {
      table(theirs + (bias ? ".bias" : ".weight"), ours[i] + (bias ? ".bias" : ".weight"), bias ? 1 : in, out_each);
      tensors.back().first_column = Offset(i) * out_each;
      tensors.back().of_columns = Offset(ours.size()) * out_each;
      tensors.back().vector = bias;
    }
}

std::string activation_at(const ConfigFile& config, const char* key, const std::string& otherwise) {
  constexpr std::array<std::array<const char*, 2>, 9> names{{{"gelu", "gelu"},
                                                             {"gelu_new", "gelu_tanh"},
                                                             {"gelu_fast", "gelu_tanh"},
                                                             {"gelu_pytorch_tanh", "gelu_tanh"},
                                                             {"quick_gelu", "quick_gelu"},
                                                             {"relu", "relu"},
                                                             {"silu", "silu"},
                                                             {"swish", "silu"},
                                                             {"tanh", "tanh"}}};
  const std::string theirs = config.text(key, otherwise);
  for (const auto& [name, ours] : names)
    if (theirs == name) return ours;
  config.fail(fmt::format("'{}' is {}, an activation that this program has not", key, io::excerpt(theirs)));
}

void layer(Names& names, const Architecture& a, Offset i, const std::string& theirs, const LayerNames& parts) {
  const std::string ours = fmt::format("layers.{}.", i);
  names.linear(theirs + parts.query, ours + "attention.query", a.hidden, a.hidden);
  names.linear(theirs + parts.key, ours + "attention.key", a.hidden, a.hidden);
  names.linear(theirs + parts.value, ours + "attention.value", a.hidden, a.hidden);
  names.linear(theirs + parts.output, ours + "attention.output", a.hidden, a.hidden);
  names.norm(theirs + parts.attention_norm, ours + "attention_norm", a.hidden);
  names.linear(theirs + parts.first, ours + "feed_forward.0", a.hidden, a.inner);
  names.linear(theirs + parts.second, ours + "feed_forward.1", a.inner, a.hidden);
  names.norm(theirs + parts.feed_forward_norm, ours + "feed_forward_norm", a.hidden);
}

void language_head(Names& names, const Architecture& a, const HeadNames& parts, Offset width) {
  names.next_part();
  names.linear(parts.dense, "lm", a.hidden, width);
  names.norm(parts.norm, "lm.norm", width);
  names.vector(parts.bias, "lm.output_bias", a.vocabulary);
  names.tied(fmt::format("{}.weight", parts.decoder), "embeddings.word_embeddings.weight");
}

std::span<const Family> families() {
  static const std::array all{albert(), bart(),  bert(),       distilbert(), electra(),
                              gpt2(),   mpnet(), openai_gpt(), roberta(),    xlnet()};
  return all;
}

}  // namespace pfm::nlp
