// A pretrained encoder trained further on labels, beside the same network from an untrained start.
#pragma once
#include <pfm/selfsup/checkpoint.h>
#include <pfm/selfsup/experiment.h>

namespace pfm {

// Every option of finetuning for such a task with its value. Error(usage): unknown names, values that do not read.
std::vector<Options::Asked> finetune_options(Task task, bool of_texts, const Options::Values& given);

// One seed: "trained" starts from the checkpoint of `method`, the control "scratch" from the method's untrained
// encoder. Both have a linear head of the same start, the same labels (those the protocol's view shows; of ten folds
// those of eight), the same epochs and the same draws; after each epoch the protocol's validation part is asked, as the
// option "watch" says, and the best weights are scored. Of classes the control "majority" gives everything the one that
// is learned from most. `split_seed` draws the protocol's parts, `seed` all else, the choice of labels too.
// Error(usage): the method or the protocol has nothing that labels could train; Error(input): the checkpoint does not
// fit the data or its training is not finished.
SeedResult finetune_seed(
    const Method& method, const Checkpoint& checkpoint, const Dataset& data, const Protocol& protocol,
    const Options::Values& given, std::uint64_t seed, std::uint64_t split_seed, const Callbacks& callbacks = {},
    const Announce& announce = [](const std::string&) {});

}  // namespace pfm
