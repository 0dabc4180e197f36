// WordPiece with BERT's basic tokenizer (Devlin et al. 2019, arXiv:1810.04805; the greedy longest match of Wu et al.
// 2016, arXiv:1609.08144, section 4.1).
#pragma once
#include <pfm/nlp/special_spelling.h>

#include <filesystem>

namespace pfm::nlp {

// Whether upper case and accents are kept or taken off (NFD without marks, then lower case).
enum class Case { kept, lower };

// The words of a text: control characters fall out, white space parts, each punctuation mark (of ASCII all but letters
// and digits) and each CJK ideograph is a word.
std::vector<std::string> basic_tokens(std::string_view text, Case letters);

// Pieces of words: the longest that the vocabulary has at each place, those within a word spelled with ##. A word that
// cannot be spelled whole, or of more than 100 characters, is [UNK]. Roles and frame are BERT's; in a vocabulary
// without [CLS] they are RoBERTa's (MPNet), the unknown token still [UNK]. One that lacks [UNK], [CLS] or [SEP] (or
// <s>, </s>): Error(Fault::input). Texts spell the tokens with a role, or those `added`.
Tokenizer word_piece(std::shared_ptr<const Vocabulary> vocabulary, Case letters,
                     const std::vector<SpecialSpelling::Special>& added = {});

// vocab.txt: a token a line, line n (from 0) is token n.
Tokenizer read_word_piece(const std::filesystem::path& path, Case letters);

}  // namespace pfm::nlp
