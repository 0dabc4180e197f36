// Pairs of sentences with a score each, as a folder.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// Files train, dev, test, or NAME-train, NAME-dev, NAME-test, that end in .csv or .tsv and hold a pair a line:
//   score TAB sentence TAB sentence
//   genre TAB file TAB year TAB number TAB score TAB sentence TAB sentence, perhaps more   (STS benchmark)
bool is_scored_pairs(const std::filesystem::path& folder);

// The items are the pairs (Targets::pairs, of relation 0) with their scores (Targets::reals [pairs, 1]) and the splits
// "train", "validation", "test" of the files; the samples are their texts, one that comes again being the same sample.
// Empty lines are passed over. Error(Fault::input): a line without a score or a text, one that is not UTF-8, no pair.
Dataset read_scored_pairs(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
