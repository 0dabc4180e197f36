#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nlp/config_file.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/sentence_vectors.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/segments.h>
#include <pfm/nn/shape.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pfm::nlp {
namespace {

// Their switches in the order in which the parts stand side by side.
constexpr std::array<std::array<const char*, 2>, 6> switches{{{"pooling_mode_cls_token", "cls"},
                                                              {"pooling_mode_max_tokens", "max"},
                                                              {"pooling_mode_mean_tokens", "mean"},
                                                              {"pooling_mode_mean_sqrt_len_tokens", "mean_sqrt"},
                                                              {"pooling_mode_weightedmean_tokens", ""},
                                                              {"pooling_mode_lasttoken", "last"}}};

std::vector<std::string> pooled_parts(const ModelFiles& files, const std::string& name, Offset width) {
  const std::string origin = files.label(name);
  const nlohmann::json config = parse_json(files.at(name), origin);
  constexpr const char* stated = "word_embedding_dimension";
  if (config.is_object() && config.contains(stated) && config[stated] != width)
    throw Error(Fault::input, fmt::format("{}: '{}' is {}, but the model's rows have {}", origin, stated,
                                          io::excerpt(config[stated].dump()), width));
  std::vector<std::string> parts;
  for (const auto& [key, part] : switches) {
    if (!config.is_object() || !config.contains(key) || config[key] != true) continue;
    if (part[0] == '\0') throw Error(Fault::input, fmt::format("{}: '{}', which this program has not", origin, key));
    parts.emplace_back(part);
  }
  if (parts.empty()) throw Error(Fault::input, fmt::format("{}: says no way of pooling", origin));
  return parts;
}

void read_modules(const ModelFiles& files, Offset width, SentenceVectors& how) {
  const std::string origin = files.label("modules.json");
  for (const nlohmann::json& module : parse_json(files.at("modules.json"), origin)) {
    const auto text = [&](const char* key) {
      if (!module.is_object() || !module.contains(key) || !module[key].is_string())
        throw Error(Fault::input, fmt::format("{}: a module without a '{}'", origin, key));
      return module[key].get<std::string>();
    };
    const std::string type = text("type");
    if (type == "sentence_transformers.models.Pooling")
      how.parts = pooled_parts(files, text("path") + "/config.json", width);
    else if (type == "sentence_transformers.models.Normalize")
      how.unit = true;
    else if (type != "sentence_transformers.models.Transformer")
      throw Error(Fault::input, fmt::format("{}: a module {}, expected Transformer, Pooling and Normalize of "
                                            "sentence_transformers.models",
                                            origin, io::excerpt(type)));
  }
}

// The rows `at(g)` of sentences; zeros for sentences without rows.
template <class At>
Var chosen_rows(Segments sentences, const Var& rows, At at) {
  std::vector<NodeId> ids;
  for (std::size_t g = 0; g + 1 < sentences.size(); ++g)
    ids.push_back(sentences[g] < sentences[g + 1] ? NodeId(at(g)) : NodeId(-1));
  return gather_rows(rows, ids);
}

Var roots_of_lengths(Segments sentences) {
  Matrix roots(Offset(sentences.size()) - 1, 1);
  for (std::size_t g = 0; g + 1 < sentences.size(); ++g)
    roots(Offset(g), 0) = std::sqrt(Real(sentences[g + 1] - sentences[g]));
  return Var(std::move(roots));
}

}  // namespace

SentenceVectors sentence_vectors_of(const ModelFiles& files, const Architecture& a) {
  SentenceVectors how;
  how.longest = longest_sentence(a);
  if (files.has("modules.json")) read_modules(files, a.hidden, how);
  for (const auto& [file, key] : {std::pair{"tokenizer_config.json", "model_max_length"},
                                  std::pair{"sentence_bert_config.json", "max_seq_length"}}) {
    if (!files.has(file)) continue;
    const nlohmann::json config = parse_json(files.at(file), files.label(file));
    if (!config.is_object() || !config.contains(key) || !config[key].is_number()) continue;
    const double most = config[key].get<double>();  // 1e30 stands for no limit
    if (most >= 1) how.longest = Offset(std::min(double(how.longest), most));
  }
  return how;
}

Offset room_for_text(const Tokenizer& tokenizer, const SentenceVectors& how, const std::string& origin) {
  const Frame& frame = tokenizer.frame;
  const auto around = Offset(frame.before.size() + frame.behind.size());
  if (how.longest <= around)
    throw Error(Fault::input, fmt::format("{}sentences have at most {} tokens, but {} frame them: no room for a text",
                                          origin, how.longest, around));
  return how.longest - around;
}

TokenIds cut_sentence(const Tokenizer& tokenizer, const SentenceVectors& how, TokenIds text) {
  const Frame& frame = tokenizer.frame;
  const Offset room = room_for_text(tokenizer, how, "");
  if (Offset(text.size()) > room) text.resize(std::size_t(room));
  TokenIds ids = frame.before;
  ids.insert(ids.end(), text.begin(), text.end());
  ids.insert(ids.end(), frame.behind.begin(), frame.behind.end());
  return ids;
}

Var sentence_rows(const SentenceVectors& how, Segments sentences, const Var& rows) {
  std::vector<Var> parts;
  for (const std::string& part : how.parts) {
    if (part == "cls") parts.push_back(chosen_rows(sentences, rows, [&](std::size_t g) { return sentences[g]; }));
    if (part == "last")
      parts.push_back(chosen_rows(sentences, rows, [&](std::size_t g) { return sentences[g + 1] - 1; }));
    if (part == "max") parts.push_back(segment_max(rows, sentences));
    if (part == "mean") parts.push_back(segment_means(rows, sentences));
    if (part == "mean_sqrt")
      parts.push_back(multiply_column(segment_means(rows, sentences), roots_of_lengths(sentences)));
  }
  const Var all = concat_columns(parts);
  return how.unit ? l2_normalise(all) : all;
}

Matrix embed_sentences(const TextEncoder& encoder, const SentenceVectors& how, std::span<const TokenIds> sentences) {
  // So few that what passes between layers stays in cache, so many that every thread has its share.
  const std::size_t tokens_at_once = 512 * std::size_t(thread_count());
  const NoGradient none;
  Matrix all(Offset(sentences.size()), Offset(how.parts.size()) * encoder.architecture.hidden);
  for (std::size_t first = 0, next = 0; first < sentences.size(); first = next) {
    std::size_t tokens = 0;
    do tokens += sentences[next++].size();
    while (next < sentences.size() && tokens + sentences[next].size() <= tokens_at_once);
    const Batch batch = token_batch(sentences.subspan(first, next - first));
    const Var rows = encoder(text_rows(encoder.architecture, batch));
    const Var vectors = sentence_rows(how, batch.segments, rows);
    std::ranges::copy(vectors.value().values(), all.data() + Offset(first) * all.cols());
  }
  return all;
}

}  // namespace pfm::nlp
