// pfm embed M DATA -o E.{h5,npy,txt}: a row of numbers per node, graph or text of DATA.
#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/embed_texts.h>
#include <pfm/cli/model.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/embedding.h>
#include <pfm/multimodal/beit_file.h>
#include <pfm/multimodal/clip_file.h>
#include <pfm/nlp/text_model.h>
#include <pfm/selfsup/experiment.h>

namespace pfm {

// Everything the rows depend on and nothing else: no paths, no times, no threads.
static io::Provenance provenance(const Recipe& recipe, const Dataset& data) {
  std::vector<std::string> words{"pfm",        "pretrain",      recipe.method, recipe.data,
                                 "--protocol", recipe.protocol, "--seed",      fmt::format("{}", recipe.seed)};
  // What a method learned is named by the data it learned from.
  for (const auto& [name, value] : recipe.options)
    if (!name.starts_with(learned_prefix)) words.insert(words.end(), {"--set", name + "=" + value});
  words.insert(words.end(), {"|", "pfm", "embed", data_key(data)});
  return {.command = fmt::format("{}", fmt::join(words, " ")), .sources = {}};
}

int embed(const Arguments& arguments) {
  const std::string path = arguments.words[0], output = arguments.needed("output");
  io::Tensors tensors = io::read_safetensors(path);
  const bool imported = nlp::is_text_model(tensors.metadata) || is_clip(tensors.metadata) || is_beit(tensors.metadata);
  if (imported && arguments.has("features"))
    throw Error(Fault::usage, fmt::format("--features is for nodes of graphs; {} reads texts or images", path));
  if (nlp::is_text_model(tensors.metadata)) return embed_texts(arguments, std::move(tensors));
  if (arguments.has("precision")) throw Error(Fault::usage, path + ": --precision is for imported language models");
  if (is_clip(tensors.metadata)) return embed_clip(arguments, std::move(tensors));
  if (is_beit(tensors.metadata)) return embed_beit(arguments, std::move(tensors));
  Monitor monitor(arguments);
  const Checkpoint checkpoint(std::move(tensors), path);
  const Dataset data = open_data(arguments, 1, monitor);
  const Pretext pretext = restored(checkpoint, path, data);
  const Matrix rows = outcome_of(pretext, pretext.prepare(data)).embedding.as_dense();
  const bool per_node = rows.rows() == data.nodes();
  io::write_embedding(output, rows, per_node ? data.names : std::vector<std::string>(),
                      provenance(checkpoint.recipe(), data));
  put(fmt::format("wrote {}: {} rows of {} numbers\n", output, rows.rows(), rows.cols()));
  return 0;
}

}  // namespace pfm
