// The seeds of an experiment, one after the other, found in its records or computed, and what they gave.
#pragma once
#include <pfm/cli/arguments.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/records.h>

namespace pfm {

using ComputeSeed = std::function<SeedResult(std::uint64_t seed, const Callbacks& callbacks, const Announce& announce)>;

// Obeys --seed (else `first`), --seeds, --record and --json; the first signal stops after a step, with a word on how to
// go on. Gives the exit code.
int run_seeds(const Arguments& arguments, Monitor& monitor, const RecordKey& key, std::uint64_t first,
              const ComputeSeed& compute);

}  // namespace pfm
