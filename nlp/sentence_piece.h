// SentencePiece models (Kudo and Richardson 2018, arXiv:1808.06226), unigram and BPE, through its own library, which is
// an optional part of the build.
#pragma once
#include <pfm/nlp/tokenizer.h>

#include <filesystem>

namespace pfm::nlp {

bool reads_sentence_piece();  // whether this build has the library

// A file *.model. Roles are those that the model states (<unk>, <s>, </s>, <pad>), and the pieces [MASK] or <mask>
// where there is one; texts cannot spell them. Frame: [CLS] a [SEP] b [SEP] where those are pieces (ALBERT), else none.
// What is decoded shows an unknown token as the model says, and of other special tokens nothing. A file that is no such
// model, or whose tables point out of themselves: Error(Fault::input). Without the library: Error(Fault::usage) that
// says how to get it.
Tokenizer read_sentence_piece(const std::filesystem::path& path);
Tokenizer sentence_piece(const std::string& bytes, const std::string& origin);  // `origin` stands before messages

}  // namespace pfm::nlp
