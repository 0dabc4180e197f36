// pfm export huggingface M FOLDER: a language model back as its project saves it.
#pragma once
#include <pfm/cli/arguments.h>

namespace pfm {

constexpr const char* model_format = "huggingface";

int export_model(const Arguments& arguments);

}  // namespace pfm
