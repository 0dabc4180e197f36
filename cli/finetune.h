// Of the help of pfm finetune.
#pragma once
#include <pfm/cli/arguments.h>

namespace pfm {

int finetune(const Arguments& arguments);

std::string finetune_help();  // what is trained, by which options, an example

}  // namespace pfm
