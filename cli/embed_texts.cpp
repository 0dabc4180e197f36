#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/embed_texts.h>
#include <pfm/cli/output.h>
#include <pfm/cli/text_lines.h>
#include <pfm/io/builtin.h>
#include <pfm/io/check.h>
#include <pfm/io/checksum.h>
#include <pfm/io/embedding.h>
#include <pfm/kernels/error.h>
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
  return text_lines(lines);
}

std::vector<std::string> texts_of(const std::string& word, Monitor& monitor) {
  if (is_text_file(word)) return lines_of(word);
  Dataset data = open_data(word, monitor);
  if (data.texts.empty())
    throw Error(Fault::input,
                word + ": has no texts; expected a text file, one line one row, or a data set with texts");
  return std::move(data.texts);
}

struct Encoded {
  std::vector<nlp::TokenIds> sentences;
  std::int64_t cut_sentences = 0, cut_tokens = 0, unknown_sentences = 0, unknown_tokens = 0;
};

Encoded encoded(const nlp::TextModel& model, const std::vector<std::string>& texts) {
  Encoded all;
  for (const std::string& text : texts) {
    const nlp::TokenIds ids = model.tokenizer.encode(text);
    const auto unknown = std::ranges::count(ids, model.tokenizer.special.unknown);
    all.unknown_sentences += unknown > 0, all.unknown_tokens += unknown;
    const std::size_t around = model.tokenizer.frame.before.size() + model.tokenizer.frame.behind.size();
    all.sentences.push_back(nlp::cut_sentence(model.tokenizer, model.sentences, ids));
    const auto cut = std::int64_t(ids.size() + around) - std::int64_t(all.sentences.back().size());
    all.cut_sentences += cut > 0, all.cut_tokens += cut;
  }
  return all;
}

bool wants_bf16(const Arguments& arguments) {
  const std::string word = arguments.text("precision").value_or("f32");
  if (word != "f32" && word != "bf16")
    throw Error(Fault::usage, fmt::format("--precision: expected f32 or bf16, got \"{}\"", word));
  return word == "bf16";
}

io::Provenance::Source source(const fs::path& file) {
  return {file.filename().string(), fs::is_regular_file(file) ? io::checksum_of_file(file) : ""};
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
  if (wants_bf16(arguments)) model.encoder.transformer.pack();
  const std::vector<std::string> texts = texts_of(word, monitor);
  const Encoded all = encoded(model, texts);
  if (all.cut_sentences > 0)
    monitor.say(fmt::format("{} of {} texts have more than {} tokens: {} at their ends were left out",
                            all.cut_sentences, texts.size(), model.sentences.longest, all.cut_tokens));
  if (all.unknown_tokens > 0)
    monitor.say(fmt::format("{} of {} texts have words that the vocabulary cannot spell: {} stand as {}",
                            all.unknown_sentences, texts.size(), all.unknown_tokens,
                            model.tokenizer.vocabulary->text(model.tokenizer.special.unknown)));
  const Matrix rows = nlp::embed_sentences(model.encoder, model.sentences, all.sentences);
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
  Matrix rows;
  if (is_text_file(word)) {
    rows = embed_texts(clip, lines_of(word));
  } else {
    const Dataset data = open_data(word, monitor);
    if (data.texts.empty() && data.all.grids.empty())
      throw Error(Fault::input, word +
                                    ": has neither texts nor images; expected a text file, one line one row, a data "
                                    "set with texts, or images");
    rows = data.texts.empty() ? embed_images(clip, data.all) : embed_texts(clip, data.texts);
  }
  return written(arguments, rows);
}

}  // namespace pfm
