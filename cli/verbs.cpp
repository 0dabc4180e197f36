#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/cli/finetune.h>
#include <pfm/cli/format.h>
#include <pfm/cli/plan.h>
#include <pfm/cli/samplers.h>
#include <pfm/cli/synth.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/error.h>

#include <algorithm>

namespace pfm {

static std::vector<std::string> options_of_synth() {
  std::vector<std::string> options = synth_options();
  options.insert(options.end(), {"output", "directed", "archive"});
  return options;
}

static std::vector<std::string> options_of_sample() {
  std::vector<std::string> options = sampler_options();
  options.insert(options.end(), {"sampler", "batches", "seed", "json"});
  return options;
}

const std::vector<Verb>& verbs() {
  // clang-format off
  static const std::vector<Verb> all{
      {"convert", "FORMAT INPUT.. OUT.h5", "any supported format as HDF5; FORMAT is " + formats_to_read(),
       3, 64, {"directed", "undirected", "weighted", "sum", "labels", "delimiter", "columns", "archive"}, convert, "", plan_convert},
      {"export", "FORMAT DATA OUT", "the graph of DATA in another program's format; FORMAT is " + formats_to_write() +
       "; or huggingface M FOLDER: an imported language model as it came",
       3, 3, {"both"}, export_data},
      {"info", "DATA", "what is inside: sizes, classes, splits, degrees, memory",
       1, 1, {"features", "json"}, info},
      {"methods", "[DOMAIN]", "the catalogue: id, name, domain, paper, what it was checked against",
       0, 1, {}, methods},
      {"help", "[METHOD|ENCODER|PROTOCOL|VERB]", "what it does, its options with defaults, published figures",
       0, 1, {}, help},
      {"run", "METHOD DATA", "pretrain and evaluate over seeds, beside what needs no training",
       2, 2, {"features", "seed", "seeds", "preset", "protocol", "set", "record", "json", "log"}, run, "", plan_run},
      {"pretrain", "METHOD DATA -o M.safetensors", "train one encoder; --resume goes on from its checkpoint exactly",
       2, 2, {"output", "features", "seed", "preset", "protocol", "set", "checkpoint-every", "resume", "log"}, pretrain, "", plan_pretrain},
      {"plan", "run|pretrain|convert ..", "memory, disk and time of that command, from its first steps, before it runs",
       1, 64, {}, plan},
      {"import", "FOLDER -o M.safetensors", "another project's language model (config.json, model.safetensors, tokenizer) as one file",
       1, 1, {"output"}, import_model},
      {"embed", "M DATA -o E.{h5,npy,txt}", "a row of numbers per node, graph or line of DATA, by a pretrained encoder",
       2, 2, {"output", "features", "precision"}, embed},
      {"eval", "M|E DATA", "the evaluation of run alone, of a pretrained encoder or of any rows of numbers",
       2, 2, {"features", "protocol", "seed", "seeds", "json"}, eval},
      {"finetune", "M DATA", "a pretrained encoder trained further on labels, beside the same network untrained",
       2, 2, {"features", "seed", "seeds", "protocol", "set", "record", "json", "log"}, finetune, finetune_help()},
      {"generate", "M [PROMPTS.txt]", "text behind each prompt, token by token, by a model of gpt or an imported GPT-2",
       1, 2, {"prompt", "tokens", "temperature", "top-k", "top-p", "seed", "json"}, generate,
       "\nPrompts are --prompt, or the lines of a file or of standard input. Without --temperature, --top-k and\n"
       "--top-p the likeliest token is taken each time.\n"},
      {"nearest", "E.h5 NAME|ROW", "the rows of highest cosine",
       2, 2, {"top", "json"}, nearest},
      {"report", "DIR", "tables in Markdown from the records of run --record",
       1, 1, {"output"}, report},
      {"synth", "KIND -o DATA.h5", "a random or regular graph; KIND is " + synth_kinds(),
       1, 1, options_of_synth(), synth, synth_help()},
      {"walk", "DATA [-o W.{h5,txt}]", "random walks: written, or without -o sampled and counted",
       1, 1, {"output", "length", "walks", "p", "q", "restart", "no-backtrack", "metapath", "unweighted", "from", "seed", "json"}, walk},
      {"sample", "DATA --fanouts 15,10,5", "sampled neighbourhoods or subgraphs of all nodes, as mini-batches train on them: counted",
       1, 1, options_of_sample(), sample, sampler_help()},
      {"validate", "FILE.h5", "whether a file keeps every promise of its format, and what was checked",
       1, 1, {}, validate},
  };
  // clang-format on
  return all;
}

const Verb& verb_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Verb& v : verbs()) {
    if (v.name == name) return v;
    known.push_back(v.name);
  }
  throw Error(Fault::usage, unknown_word("verb", name, known));
}

Verb planned(const std::string& name) {
  Verb verb = verb_named(name);
  std::vector<std::string> known;
  for (const Verb& v : verbs())
    if (v.plan) known.push_back(v.name);
  if (!verb.plan)
    throw Error(Fault::usage, fmt::format("plan: {} has no plan, known: {}", name, fmt::join(known, ", ")));
  verb.run = verb.plan;
  if (std::ranges::find(verb.options, "json") == verb.options.end()) verb.options.push_back("json");
  return verb;
}

}  // namespace pfm
