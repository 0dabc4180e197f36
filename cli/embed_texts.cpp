#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/embed_texts.h>
#include <pfm/cli/output.h>
#include <pfm/cli/text_lines.h>
#include <pfm/io/builtin.h>
#include <pfm/io/check.h>
#include <pfm/io/checksum.h>
#include <pfm/io/embedding.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/packed.h>
#include <pfm/multimodal/beit_file.h>
#include <pfm/multimodal/clip_file.h>
#include <pfm/nlp/text_model.h>

#include <algorithm>

namespace pfm {
namespace {

namespace fs = std::filesystem;

bool is_text_file(const std::string& word) {
  const std::vector<std::string> names = io::builtin_names();
  return fs::is_regular_file(word) && !io::is_hdf5(word) && std::ranges::find(names, word) == names.end();
}

std::vector<std::string> lines_of(const fs::path& file) {
  io::Lines lines(file);
  std::vector<std::string> texts = text_lines(lines);
  if (texts.empty()) throw Error(Fault::input, file.string() + ": has no line, expected a text a line");
  return texts;
}

std::vector<std::string> texts_of(const std::string& word, Monitor& monitor) {
  if (is_text_file(word)) return lines_of(word);
  Dataset data = open_data(word, monitor);
  if (data.texts.empty())
    throw Error(Fault::input,
                word + ": has no texts; expected a text file, one line one row, or a data set with texts");
  return std::move(data.texts);
}

// Texts in their frames. What has no room and what the vocabulary cannot spell is said.
std::vector<nlp::TokenIds> sentences_of(const nlp::Tokenizer& tokenizer, const nlp::SentenceVectors& how,
                                        const std::vector<std::string>& texts, Monitor& monitor) {
  const Offset room = room_for_text(tokenizer, how, "");
  std::int64_t cut_texts = 0, cut_tokens = 0, unknown_texts = 0, unknown_tokens = 0;
  std::vector<nlp::TokenIds> sentences;
  for (const std::string& text : texts) {
    const nlp::TokenIds ids = tokenizer.encode(text);
    const auto unknown = std::ranges::count(ids, tokenizer.special.unknown);
    unknown_texts += unknown > 0, unknown_tokens += unknown;
    const Offset cut = std::max(Offset{0}, Offset(ids.size()) - room);
    cut_texts += cut > 0, cut_tokens += cut;
    sentences.push_back(nlp::cut_sentence(tokenizer, how, ids));
  }
  if (cut_texts > 0)
    monitor.say(fmt::format("{} of {} texts have more than {} tokens: {} at their ends were left out", cut_texts,
                            texts.size(), how.longest, cut_tokens));
  if (unknown_tokens > 0)
    monitor.say(fmt::format("{} of {} texts have words that the vocabulary cannot spell: {} stand as {}", unknown_texts,
                            texts.size(), unknown_tokens, tokenizer.vocabulary->text(tokenizer.special.unknown)));
  return sentences;
}

Precision precision_of(const Arguments& arguments) {
  const std::string word = arguments.text("precision").value_or("f32");
  if (word != "f32" && word != "bf16")
    throw Error(Fault::usage, fmt::format("--precision: expected f32 or bf16, got \"{}\"", word));
  return word == "bf16" ? Precision::bf16 : Precision::full;
}

io::Provenance::Source source(const fs::path& file) {
  return {io::as_utf8(file.filename().string()), fs::is_regular_file(file) ? io::checksum_of_file(file) : ""};
}

int written(const Arguments& arguments, const Matrix& rows) {
  const std::string output = arguments.needed("output");
  io::write_embedding(output, rows, {},
                      {.command = "pfm embed", .sources = {source(arguments.words[0]), source(arguments.words[1])}});
  put(fmt::format("wrote {}: {} rows of {} numbers\n", output, rows.rows(), rows.cols()));
  return 0;
}

}  // namespace

int embed_texts(const Arguments& arguments, io::Tensors tensors) {
  Monitor monitor(arguments);
  const std::string path = arguments.words[0], word = arguments.words[1];
  nlp::TextModel model = nlp::text_model(std::move(tensors), path);
  model.encoder.transformer.pack(precision_of(arguments));
  const auto sentences = sentences_of(model.tokenizer, model.sentences, texts_of(word, monitor), monitor);
  const Matrix rows = nlp::embed_sentences(model.encoder, model.sentences, sentences);
  return written(arguments, rows);
}

int embed_beit(const Arguments& arguments, io::Tensors tensors) {
  Monitor monitor(arguments);
  const BeitFile beit = beit_file(std::move(tensors), arguments.words[0]);
  return written(arguments, embed_images(beit, open_data(arguments.words[1], monitor).all));
}

int embed_clip(const Arguments& arguments, io::Tensors tensors) {
  Monitor monitor(arguments);
  const std::string path = arguments.words[0], word = arguments.words[1];
  const ClipFile clip = clip_file(std::move(tensors), path);
  const auto of_texts = [&](const std::vector<std::string>& texts) {
    return embed_texts(clip, sentences_of(clip.tokenizer, clip.sentences, texts, monitor));
  };
  Matrix rows;
  if (is_text_file(word)) {
    rows = of_texts(lines_of(word));
  } else {
    const Dataset data = open_data(word, monitor);
    if (data.texts.empty() && data.all.grids.empty())
      throw Error(Fault::input, word +
                                    ": has neither texts nor images; expected a text file, one line one row, a data "
                                    "set with texts, or images");
    rows = data.texts.empty() ? embed_images(clip, data.all) : of_texts(data.texts);
  }
  return written(arguments, rows);
}

}  // namespace pfm
