// pfm import FOLDER -o M.safetensors: a model of another project for texts, images or both as one file.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/multimodal/beit_file.h>
#include <pfm/multimodal/clip_file.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/text_model.h>

#include <limits>
#include <map>

namespace pfm {

// Rows of the table that no token uses are allowed (projects pad to round numbers), but many hint at a wrong
// vocabulary.
static void say_unused(Monitor& monitor, const nlp::Tokenizer& tokenizer, Offset rows) {
  const Offset tokens = tokenizer.vocabulary->size();
  if (tokens < rows)
    monitor.say(fmt::format("the tokenizer has {} tokens, the model rows for {}: the last {} are never used", tokens,
                            rows, rows - tokens));
}

static std::string imported_clip(const std::filesystem::path& folder, const std::filesystem::path& output,
                                 Monitor& monitor) {
  const ClipFile clip = import_clip(folder);
  write_clip(output, clip);
  const ClipShape& s = clip.shape;
  say_unused(monitor, clip.tokenizer, s.text.vocabulary);
  return fmt::format(
      "clip, {} layers of {} for texts of at most {} tokens, {} of {} for images of {} x {}, {} numbers, {} tokens; "
      "rows "
      "of {}",
      s.text.layers, s.text.hidden, nlp::longest_sentence(s.text), s.image.layers, s.image.width, clip.input.size,
      clip.input.size, clip.params.count(), clip.tokenizer.vocabulary->size(), s.width);
}

static std::string imported_beit(const std::filesystem::path& folder, const std::filesystem::path& output, Monitor&) {
  const BeitFile beit = import_beit(folder);
  write_beit(output, beit);
  return fmt::format("beit, {} layers of {} for images of {} x {}, {} numbers", beit.network.transformer.layers.size(),
                     beit.network.patches.weight.cols(), beit.input.size, beit.input.size, beit.params.count());
}

static std::string imported_texts(const std::filesystem::path& folder, const std::filesystem::path& output,
                                  Monitor& monitor) {
  const nlp::TextModel model = nlp::text_model(nlp::import_weights(folder).matrices, nlp::read_model_files(folder));
  std::map<std::string, const Matrix*> weights;
  for (const auto& [name, entry] : model.params.entries()) weights[name] = &entry.var.value();
  nlp::write_text_model(output, weights, model.files);
  const nlp::Architecture& a = model.architecture;
  say_unused(monitor, model.tokenizer, a.vocabulary);
  const nlp::SentenceVectors& s = model.sentences;
  const bool limited = s.longest < std::numeric_limits<Offset>::max();
  return fmt::format("{}, {} layers of {}, {} numbers, {} tokens; a sentence is {}{} of {}", a.family, a.layers,
                     a.hidden, model.params.count(), model.tokenizer.vocabulary->size(), fmt::join(s.parts, ", "),
                     s.unit ? ", of length 1," : "",
                     limited ? fmt::format("at most {} tokens", s.longest) : "any length");
}

int import_model(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.words[0], output = arguments.needed("output");
  Monitor monitor(arguments);
  const std::string type = nlp::ConfigFile(folder / "config.json").text("model_type", "");
  const auto import = type == "clip" ? imported_clip : type == "beit" ? imported_beit : imported_texts;
  const std::string what = import(folder, output, monitor);
  put(fmt::format("wrote {}: {}\n", output.string(), what));
  return 0;
}

}  // namespace pfm
