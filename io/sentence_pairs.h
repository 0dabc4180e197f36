// Pairs of sentences with a score or a class each, as a folder.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// Files train, dev, test that end in .csv or .tsv, or NAME-train, NAME_train, .. that may end in .txt too, and hold a
// pair a line:
//   score TAB sentence TAB sentence
//   genre TAB file TAB year TAB number TAB score TAB sentence TAB sentence, perhaps more   (STS benchmark)
bool is_scored_pairs(const std::filesystem::path& folder);

// The same files:
//   class TAB sentence TAB sentence
//   class TAB id TAB id TAB sentence TAB sentence below a line that begins with Quality   (MRPC)
// Only the latter is recognised by itself.
bool is_labelled_pairs(const std::filesystem::path& folder);

// The items are the pairs (Targets::pairs, of relation 0) with their scores (Targets::reals [pairs, 1]) or classes
// (numbered in the order of their names) and the splits "train", "validation", "test" of the files; the samples are
// their texts, one that comes again being the same sample. Empty lines are passed over; rules.note says which other
// files there are. Error(Fault::input): a line without a score or class or without a text, one that is not UTF-8, no
// pair.
Dataset read_scored_pairs(Paths paths, const ReadRules& rules);
Dataset read_labelled_pairs(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
