// pfm pretrain METHOD DATA -o M.safetensors: trains one encoder, with checkpoints from which --resume goes on exactly.
#include <fmt/format.h>
#include <pfm/cli/choice.h>
#include <pfm/cli/model.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/signals.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/experiment.h>

#include <algorithm>
#include <filesystem>

namespace pfm {
namespace {

namespace fs = std::filesystem;

Recipe recipe_of(const Choice& choice, const PreparedSeed& ready, std::uint64_t seed) {
  Recipe recipe{choice.method->id, data_key(choice.data), choice.protocol->id, {}, seed};
  for (const Options::Asked& o : ready.options) recipe.options[o.name] = o.value;
  recipe.options.insert(ready.learned.begin(), ready.learned.end());
  return recipe;
}

bool same(const Recipe& a, const Recipe& b) {
  return a.method == b.method && a.data == b.data && a.protocol == b.protocol && a.options == b.options &&
         a.seed == b.seed;
}

// Whether the output is there already, whole and of this recipe.
bool finished(const fs::path& output, const Recipe& recipe) try {
  return fs::exists(output) && same(Checkpoint(output).recipe(), recipe);
} catch (const Error&) {
  return false;
}

void resume(const fs::path& partial, const Recipe& recipe, const Params& params) {
  const Checkpoint checkpoint(partial);
  if (!same(checkpoint.recipe(), recipe))
    throw Error(Fault::input,
                fmt::format("{}: belongs to another run (method, data, protocol, options or seed differ); "
                            "repeat that command, or leave --resume away to start anew",
                            partial.string()));
  checkpoint.restore(params);
}

std::string resume_line(const Arguments& arguments) {
  std::vector<std::string> words = arguments.line;
  if (!arguments.has("resume")) words.push_back("--resume");
  return shell_line(words);
}

}  // namespace

int pretrain(const Arguments& arguments) {
  take_signals();
  Monitor monitor(arguments);
  const fs::path output = arguments.needed("output"), partial = output.string() + ".checkpoint";
  const auto seed = std::uint64_t(arguments.whole("seed", 0, 0));
  const Choice choice = choose(arguments, monitor);
  const PreparedSeed ready = prepare_seed(*choice.method, choice.data, *choice.protocol, choice.options, seed);
  const Recipe recipe = recipe_of(choice, ready, seed);

  bool resumed = false;
  if (arguments.has("resume")) {
    if (!fs::exists(partial) && finished(output, recipe))
      return put(fmt::format("{} is finished already\n", output.string())), 0;
    resumed = fs::exists(partial);
    if (resumed)
      resume(partial, recipe, ready.pretext.params);
    else
      monitor.say(fmt::format("{}: no checkpoint there, training starts anew", partial.string()));
  }

  monitor.begin(choice.method->id, seed);
  const auto save = [&](std::int64_t) { save_checkpoint(partial, recipe, ready.pretext.params); };
  const Callbacks callbacks{.progress =
                                [&](const Progress& p) {
                                  if (std::exchange(resumed, false))
                                    monitor.say(fmt::format("going on from step {}", p.step - 1));
                                  monitor.step(p);
                                  return caught_signal() == 0;
                                },
                            .checkpoint = save,
                            .checkpoint_every = arguments.whole("checkpoint-every", 100, 1),
                            .validate = ready.validate};
  const Trained trained = pretrain(ready.pretext, ready.batch, ready.training, callbacks);
  monitor.end();
  if (!trained.finished) {
    save(trained.steps);
    monitor.say(fmt::format("stopped after step {}; saved {}\ngo on with: {}", trained.steps, partial.string(),
                            resume_line(arguments)));
    throw Stopped{caught_signal()};
  }
  if (resumed) monitor.say(fmt::format("going on from step {}, the last one", trained.steps));
  save_model(output, recipe, ready.pretext.params);
  fs::remove(partial);
  const std::string training = trained.steps > 0 ? fmt::format(": {} steps, loss {:.4f} -> {:.4f}", trained.steps,
                                                               trained.first_loss, trained.last_loss)
                                                 : "";
  put(fmt::format("wrote {}{}\n", output.string(), training));
  return 0;
}

}  // namespace pfm
