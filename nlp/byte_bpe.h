// Byte-level BPE: GPT-2's (Radford et al. 2019), and RoBERTa's use of it (Liu et al. 2019, arXiv:1907.11692).
#pragma once
#include <pfm/nlp/merges.h>
#include <pfm/nlp/special_spelling.h>

#include <filesystem>

namespace pfm::nlp {

// Whether a stretch of text that does not begin with a space is given one (RoBERTa), so that its first word is as
// others.
enum class PrefixSpace { none, added };

// Any bytes are encoded, and decoded as they were. Special tokens are those of these names that the vocabulary has:
// <s>, </s>, <pad>, <unk> and <mask> (which takes white space before it), with RoBERTa's frame <s> a </s></s> b </s>;
// else <|endoftext|> and no frame. A vocabulary without one of the 256 letters (nlp/byte_letters.h):
// Error(Fault::input). Texts spell the tokens with a role, or those `added`. `origin` of the merges stands before
// messages.
Tokenizer byte_bpe(std::shared_ptr<const Vocabulary> vocabulary, const MergeTexts& merges, PrefixSpace prefix,
                   const std::string& origin, const std::vector<SpecialSpelling::Special>& added = {});

// vocab.json and merges.txt, whatever their names.
Tokenizer read_byte_bpe(const std::filesystem::path& vocabulary, const std::filesystem::path& merges,
                        PrefixSpace prefix);

}  // namespace pfm::nlp
