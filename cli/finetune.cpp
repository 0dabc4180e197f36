// pfm finetune M DATA: a pretrained encoder trained further on labels, beside the same network from an untrained start.
#include <fmt/format.h>
#include <pfm/cli/checksum.h>
#include <pfm/cli/choice.h>
#include <pfm/cli/data.h>
#include <pfm/cli/finetune.h>
#include <pfm/cli/model.h>
#include <pfm/cli/seeds.h>
#include <pfm/cli/signals.h>
#include <pfm/cli/verbs.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/checksum.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/finetune.h>

namespace pfm {

std::string finetune_help() {
  const auto options = [](Task task, bool of_texts = false) {
    std::string text;
    for (const Options::Asked& o : finetune_options(task, of_texts, {})) text += fmt::format(" {}={}", o.name, o.value);
    return text;
  };
  return fmt::format(
      "\nAll weights of the encoder and a linear head are trained on the labels that the protocol shows: classes by "
      "cross-entropy,\nlinks against drawn pairs. Its validation part chooses the epoch (--set watch=..); of ten folds "
      "the next one does. Beside it\nstands scratch: the same network, budget and draws without the checkpoint. "
      "Without --protocol, that of pretraining, on other data\ntheir usual one; where it hides edges or nodes, those "
      "of "
      "the checkpoint's seed stay hidden.\n\noptions, changed by --set KEY=VALUE\n  nodes: {}\n  links: {}\n  "
      "graphs:{}\n  texts: {}\n"
      "\nexample: pfm pretrain dgi cora -o m.safetensors && pfm finetune m.safetensors cora --seeds 3\n",
      options(Task::node), options(Task::link), options(Task::graph), options(Task::graph, true));
}

int finetune(const Arguments& arguments) {
  take_signals();
  Monitor monitor(arguments);
  const std::string& path = arguments.words[0];
  const Checkpoint checkpoint(path);
  const Recipe& recipe = checkpoint.recipe();
  const Method& method = method_of(recipe, path);
  const auto asked = arguments.text("protocol");
  if (asked) protocol(*asked);  // a wrong word is refused before the data are read
  const Options::Values given = set_values(arguments);
  const Dataset data = open_data(arguments, 1, monitor);
  const Protocol& chosen = asked                        ? protocol(*asked)
                           : learned_from(recipe, data) ? protocol(recipe.protocol)
                                                        : default_protocol(data);
  const auto options = finetune_options(chosen.task, holds_texts(data), given);
  refuse_leak(recipe, data, chosen, recipe.seed, path);
  const RecordKey key{.method = recipe.method,
                      .data = data.name,
                      .data_checksum = checksum(data),
                      .preset = "none",
                      .protocol = chosen.id,
                      .options = options,
                      .pretrained = Pretrained{recipe.data, recipe.protocol, recipe.seed, io::checksum_of_file(path)},
                      .command = recorded_line(arguments)};
  monitor.say(fmt::format("{} ({} of {}) on {}: protocol {}", path, recipe.method, recipe.data, data.name, chosen.id));
  const bool hides = holds_out(chosen, data);
  return run_seeds(arguments, monitor, key, recipe.seed,
                   [&](std::uint64_t seed, const Callbacks& callbacks, const Announce& announce) {
                     const std::uint64_t split = hides ? recipe.seed : seed;
                     return finetune_seed(method, checkpoint, data, chosen, given, seed, split, callbacks, announce);
                   });
}

}  // namespace pfm
