// pfm import FOLDER -o M.safetensors: a language model of another project as one file.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/text_model.h>

namespace pfm {

int import_model(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.words[0], output = arguments.needed("output");
  const Monitor monitor(arguments);
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
