// The samplers of `pfm sample`.
#pragma once
#include <pfm/cli/arguments.h>
#include <pfm/graph/dataset.h>
#include <pfm/sampling/mini_batches.h>

namespace pfm {

// What --sampler says, over all nodes. Error (usage): no sampler, options that it does not have.
MiniBatches batches_from(const Arguments& arguments, const Dataset& data);

std::vector<std::string> sampler_options();  // of all samplers, names of the option table
std::string sampler_help();                  // each with what it is and its options

}  // namespace pfm
