// Vocabularies of whole words, counted in a text.
#pragma once
#include <pfm/nlp/word_piece.h>

namespace pfm::nlp {

using WordCounts = std::unordered_map<std::string, std::int64_t>;

void count_basic_tokens(WordCounts& counts, std::string_view text, Case letters);

// [PAD] [UNK] [CLS] [SEP] [MASK], then words, the most frequent first (of equally frequent ones the smaller bytes),
// that came `least` times; `size` tokens at most.
std::vector<std::string> most_frequent_words(const WordCounts& counts, std::size_t size, std::int64_t least = 1);

// A word of BERT's basic tokenizer is a token, one that the vocabulary lacks [UNK]; frame as BERT's. Decoded words
// stand between spaces. Without [UNK], [CLS] or [SEP]: Error(Fault::input).
Tokenizer word_level(std::shared_ptr<const Vocabulary> vocabulary, Case letters);

}  // namespace pfm::nlp
