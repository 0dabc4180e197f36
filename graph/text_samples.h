// Texts as samples of a data set.
#pragma once
#include <pfm/graph/dataset.h>

namespace pfm {

// A sample for each text, UTF-8: a row without edges and without features. What reads the texts makes rows of its own
// of them: tokens, words.
Dataset of_texts(std::string name, std::vector<std::string> texts);

// Whether the samples of a data set are texts and nothing else.
bool holds_texts(const Dataset& data);

// The texts `chosen` with their classes, as samples 0, 1, ..; splits and folds do not stay.
Dataset chosen_texts(const Dataset& data, std::span<const NodeId> chosen);

std::int64_t character_count(std::string_view text);  // code points of UTF-8

}  // namespace pfm
