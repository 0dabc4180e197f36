// Learning byte-pair merges from the words of a text (Sennrich et al. 2016, algorithm 1, over bytes).
#pragma once
#include <pfm/nlp/merges.h>
#include <pfm/nlp/word_vocabulary.h>

namespace pfm::nlp {

void count_byte_words(WordCounts& counts, std::string_view text);  // those of nlp/word_split.h: gpt2_words

struct LearnedBpe {
  std::vector<std::string> texts;  // <s> <pad> </s> <unk> <mask>, the 256 letters of bytes, what merges made
  MergeTexts merges;
};

// Joins the pair of neighbours that comes most often until there are `size` tokens or no pair comes twice. Of equally
// frequent pairs the one whose left, then right token is older. `size` below 261 breaks an expectation.
LearnedBpe learn_bpe(const WordCounts& words, std::size_t size);

}  // namespace pfm::nlp
