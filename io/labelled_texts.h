// Sentences with a class each, as a folder.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// By the names of its files, the first of:
//   train.tsv, perhaps dev.tsv, test.tsv   sentence TAB class               (SST-2)
//   NAME.train, perhaps NAME.dev, NAME.test   CLASS:finer sentence          (TREC; what follows the colon is left out)
//   NAME.neg NAME.pos                       a sentence; the ending is its class   (MR, MPQA)
bool is_labelled_texts(const std::filesystem::path& folder);

// A text per line, its class, and the splits "train", "validation", "test" of files that are named so. Classes are
// numbered in the order of their names. Empty lines are passed over; lines that are not UTF-8 are taken as Latin-1, and
// rules.note says how many, as it says which other files there are.
// Error(Fault::input): a line without a class or a text, a zero byte, no text at all.
Dataset read_labelled_texts(Paths paths, const ReadRules& rules);

// A class for each label, UTF-8: classes are numbered in the order of their names.
void name_classes(Targets& targets, std::span<const std::string> labels);

}  // namespace pfm::io
