// pfm import FOLDER -o M.safetensors: a language model of another project, or CLIP, as one file.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/multimodal/clip_file.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/text_model.h>

namespace pfm {

static int import_clip_model(const std::filesystem::path& folder, const std::filesystem::path& output) {
  const ClipFile clip = import_clip(folder);
  write_clip(output, clip);
  put(
      fmt::format("wrote {}: clip, {} layers of {} for texts of at most {} tokens, {} of {} for images of {} x {}, {} "
                  "numbers, {} tokens; rows of {}\n",
                  output.string(), clip.shape.text.layers, clip.shape.text.hidden,
                  nlp::longest_sentence(clip.shape.text), clip.shape.image.layers, clip.shape.image.width, clip.image,
                  clip.image, clip.params.count(), clip.tokenizer.vocabulary->size(), clip.shape.width));
  return 0;
}

int import_model(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.words[0], output = arguments.needed("output");
  const Monitor monitor(arguments);
  if (nlp::ConfigFile(folder / "config.json").text("model_type", "") == "clip")
    return import_clip_model(folder, output);
  const nlp::TextModel model = nlp::text_model(nlp::import_weights(folder).matrices, nlp::read_model_files(folder));
  std::map<std::string, const Matrix*> weights;
  for (const auto& [name, entry] : model.params.entries()) weights[name] = &entry.var.value();
  nlp::write_text_model(output, weights, model.files);
  const nlp::Architecture& a = model.architecture;
  put(fmt::format("wrote {}: {}, {} layers of {}, {} numbers, {} tokens; a sentence is {}{} of at most {} tokens\n",
                  output.string(), a.family, a.layers, a.hidden, model.params.count(),
                  model.tokenizer.vocabulary->size(), fmt::join(model.sentences.parts, ", "),
                  model.sentences.unit ? ", of length 1," : "", model.sentences.longest));
  return 0;
}

}  // namespace pfm
