// pfm run METHOD DATA: pretrain and evaluate over seeds, with controls.
#include <pfm/cli/checksum.h>
#include <pfm/cli/choice.h>
#include <pfm/cli/seeds.h>
#include <pfm/cli/signals.h>
#include <pfm/cli/verbs.h>

namespace pfm {

static RecordKey key_of(const Choice& choice, const Arguments& arguments) {
  RecordKey key{.method = choice.method->id,
                .data = choice.data.name,
                .data_checksum = checksum(choice.data),
                .preset = choice.preset ? "paper" : "none",
                .protocol = choice.protocol->id,
                .options = choice.asked,
                .command = recorded_line(arguments)};
  if (choice.preset && choice.preset->protocol == choice.protocol->id && !choice.preset->published.source.empty())
    key.published = choice.preset->published;
  return key;
}

int run(const Arguments& arguments) {
  take_signals();
  Monitor monitor(arguments);
  const Choice choice = choose(arguments, monitor);
  return run_seeds(arguments, monitor, key_of(choice, arguments), 0,
                   [&](std::uint64_t seed, const Callbacks& callbacks, const Announce& announce) {
                     return run_seed(*choice.method, choice.data, *choice.protocol, choice.options, seed, callbacks,
                                     announce);
                   });
}

}  // namespace pfm
