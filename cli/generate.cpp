// pfm generate M: a causal language model goes on with texts.
#include <fmt/format.h>
#include <pfm/cli/json.h>
#include <pfm/cli/model.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/text_lines.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/safetensors.h>
#include <pfm/io/text.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nlp/methods/gpt.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/text_model.h>
#include <pfm/nlp/token_stream.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <iterator>

namespace pfm {
namespace {

nlp::CausalModel imported_model(io::Tensors tensors, const std::string& path) {
  const nlp::TextModel model = nlp::text_model(std::move(tensors), path);
  const nlp::TokenId end = model.tokenizer.special.end;
  return {model.encoder,
          {model.params, model.architecture, model.encoder.tables.tokens},
          model.tokenizer,
          end == nlp::no_token ? nlp::between_texts(model.tokenizer) : nlp::TokenIds{end},
          end};
}

nlp::CausalModel trained_model(io::Tensors tensors, const std::string& path) {
  const Checkpoint checkpoint(std::move(tensors), path);
  const Recipe& recipe = checkpoint.recipe();
  const std::string id = method_of(recipe, path).id;
  if (id != gpt().id)
    throw Error(Fault::input, fmt::format("{}: {} predicts no next token; expected a model of gpt, or GPT-2 as pfm "
                                          "import writes it",
                                          path, id));
  GptNetwork network = gpt_network({}, Options(Rng(recipe.seed), recipe.options));
  checkpoint.restore(network.params);
  return network.model;
}

nlp::CausalModel causal_model(const std::string& path) {
  io::Tensors tensors = io::read_safetensors(path);
  return nlp::is_text_model(tensors.metadata) ? imported_model(std::move(tensors), path)
                                              : trained_model(std::move(tensors), path);
}

std::vector<std::string> prompts_of(const Arguments& arguments) {
  const auto given = arguments.text("prompt");
  const bool file = arguments.words.size() > 1;
  if (given && !io::is_utf8(*given)) throw Error(Fault::usage, "--prompt: is not UTF-8");
  if (given) return {*given};
  if (!file && isatty(STDIN_FILENO) != 0)
    throw Error(Fault::usage, "generate: expected --prompt TEXT, a file of prompts or lines on standard input");
  if (file) {
    io::Lines lines(arguments.words[1]);
    return text_lines(lines);
  }
  io::Lines lines("standard input", std::string(std::istreambuf_iterator<char>(std::cin), {}));
  return text_lines(lines);
}

nlp::Choosing choosing_of(const Arguments& arguments) {
  nlp::Choosing how;
  for (const char* name : {"temperature", "top-k", "top-p"})
    if (arguments.has(name)) how.greedy = false;
  how.temperature = arguments.number("temperature", 1);
  how.top_p = arguments.number("top-p", 1);
  how.top_k = int(arguments.whole("top-k", 0, 1, std::numeric_limits<int>::max()));
  if (!(how.temperature > 0 && how.temperature < 1e6))
    throw Error(Fault::usage, fmt::format("--temperature: expected a number above 0, got {}", how.temperature));
  if (!(how.top_p > 0 && how.top_p <= 1))
    throw Error(Fault::usage, fmt::format("--top-p: expected a share above 0, at most 1, got {}", how.top_p));
  return how;
}

void say_unknown(Monitor& monitor, const nlp::Tokenizer& tokenizer, const std::vector<nlp::TokenIds>& prompts) {
  if (tokenizer.special.unknown == tokenizer.special.end) return;  // of GPT-2, which can spell everything
  std::ptrdiff_t unknown = 0;
  for (const nlp::TokenIds& prompt : prompts) unknown += std::ranges::count(prompt, tokenizer.special.unknown);
  if (unknown > 0)
    monitor.say(fmt::format("the vocabulary cannot spell all of the prompts: {} tokens stand as {}", unknown,
                            tokenizer.vocabulary->text(tokenizer.special.unknown)));
}

}  // namespace

int generate(const Arguments& arguments) {
  Monitor monitor(arguments);
  if (arguments.has("prompt") && arguments.words.size() > 1)
    throw Error(Fault::usage, "generate: --prompt and a file of prompts; give one of them");
  const nlp::Choosing how = choosing_of(arguments);
  const Offset most = arguments.whole("tokens", 100, 1);
  const nlp::CausalModel model = causal_model(arguments.words[0]);
  (void)nlp::GrowingText(model);  // refused before prompts are read
  const std::vector<std::string> texts = prompts_of(arguments);
  std::vector<nlp::TokenIds> prompts(texts.size()), found(texts.size());
  std::ranges::transform(texts, prompts.begin(), model.tokenizer.encode);
  say_unknown(monitor, model.tokenizer, prompts);
  const Rng rng(std::uint64_t(arguments.whole("seed", 0, 0)));
  parallel_for(Offset(prompts.size()), 1, [&](Offset begin, Offset end) {
    for (auto i = std::size_t(begin); i < std::size_t(end); ++i)
      found[i] = nlp::continuation(model, prompts[i], most, how, rng.split(i));
  });
  std::string out;
  Json json{{"texts", Json::array()}};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string more = model.tokenizer.decode(found[i]);
    out += fmt::format("{}{}{}\n", i > 0 ? "\n" : "", texts[i], more);
    json["texts"].push_back({{"prompt", texts[i]}, {"continuation", more}, {"tokens", found[i].size()}});
  }
  put_result(arguments, out, dump(json));
  return 0;
}

}  // namespace pfm
