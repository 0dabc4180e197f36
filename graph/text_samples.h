// Texts as samples of a data set.
#pragma once
#include <pfm/graph/dataset.h>

namespace pfm {

// A sample for each text, UTF-8: a row without edges and without features. What reads the texts makes rows of its own
// of them: tokens, words.
Dataset of_texts(std::string name, std::vector<std::string> texts);

// Whether the samples of a data set are texts and nothing else.
bool holds_texts(const Dataset& data);

// A sample for each of targets.pairs, its two texts as its rows (`texts` of the nodes), with the classes, splits and
// folds of the pairs.
Dataset of_text_pairs(const Dataset& data);

// How many texts each sample has: 1, or 2 in pairs; sample g has those from that many times g. 0: the samples are not
// texts.
int texts_of_a_sample(const Dataset& data);

// The texts `chosen` with their classes, as samples 0, 1, ..; splits, folds and pairs do not stay.
Dataset chosen_texts(const Dataset& data, std::span<const NodeId> chosen);

std::int64_t character_count(std::string_view text);  // code points of UTF-8

}  // namespace pfm
