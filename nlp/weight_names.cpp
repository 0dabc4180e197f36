#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/nlp/weight_names.h>

#include <array>

namespace pfm::nlp {

void Names::table(const std::string& theirs, const std::string& ours, Offset rows, Offset cols) {
  tensors.push_back({.theirs = theirs, .ours = ours, .rows = rows, .cols = cols, .part = part_});
}

void Names::linear(const std::string& theirs, const std::string& ours, Offset in, Offset out) {
  table(theirs + ".weight", ours + ".weight", in, out);
  tensors.back().transposed = true;
  table(theirs + ".bias", ours + ".bias", 1, out);
}

void Names::norm(const std::string& theirs, const std::string& ours, Offset width) {
  table(theirs + ".weight", ours + ".scale", 1, width);
  table(theirs + ".bias", ours + ".shift", 1, width);
}

void Names::conv1d(const std::string& theirs, const std::string& ours, Offset in, Offset out) {
  fused(theirs, std::array{ours}, in, out);
}

void Names::fused(const std::string& theirs, std::span<const std::string> ours, Offset in, Offset out_each) {
  for (std::size_t i = 0; i < ours.size(); ++i)
    for (const bool bias : {false, true}) {
      table(theirs + (bias ? ".bias" : ".weight"), ours[i] + (bias ? ".bias" : ".weight"), bias ? 1 : in, out_each);
      tensors.back().first_column = Offset(i) * out_each;
      tensors.back().of_columns = Offset(ours.size()) * out_each;
    }
}

std::string activation_at(const ConfigFile& config, const char* key, const std::string& otherwise) {
  constexpr std::array<std::array<const char*, 2>, 8> names{{{"gelu", "gelu"},
                                                             {"gelu_new", "gelu_tanh"},
                                                             {"gelu_fast", "gelu_tanh"},
                                                             {"gelu_pytorch_tanh", "gelu_tanh"},
                                                             {"relu", "relu"},
                                                             {"silu", "silu"},
                                                             {"swish", "silu"},
                                                             {"tanh", "tanh"}}};
  const std::string theirs = config.text(key, otherwise);
  for (const auto& [name, ours] : names)
    if (theirs == name) return ours;
  config.fail(fmt::format("'{}' is {}, an activation that this program has not", key, io::excerpt(theirs)));
}

std::span<const Family> families() {
  static const std::array all{albert(), bert(), distilbert(), electra(), gpt2(), mpnet(), roberta()};
  return all;
}

}  // namespace pfm::nlp
