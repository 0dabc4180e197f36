// A language model as a folder that the library transformers reads: the way back from nlp/import_weights.h.
#pragma once
#include <pfm/nlp/text_model.h>

namespace pfm::nlp {

// The small files as they came and model.safetensors by the family's names, with its prefix where the configuration
// names a model with a head; copies that are tied are left out. A folder that is there already is not touched, nor is
// anything left of one that could not be written whole: Error(Fault::writing).
void export_weights(const TextModel& model, const std::filesystem::path& folder);

}  // namespace pfm::nlp
