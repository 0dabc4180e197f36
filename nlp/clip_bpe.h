// CLIP's BPE (Radford et al. 2021, arXiv:2103.00020): lower case, ends of words marked by </w>.
#pragma once
#include <pfm/nlp/merges.h>
#include <pfm/nlp/special_spelling.h>

#include <filesystem>

namespace pfm::nlp {

// Normal form C, lower case, words (nlp/word_split.h) as bytes, the last one with </w>. Frame: <|startoftext|> a
// <|endoftext|>, which also pads. The original program repairs texts by ftfy before; that is left to the user.
// A vocabulary without one of the letters, bare and with </w>, or without the special tokens: Error(Fault::input).
// Texts spell the tokens with a role, or those `added`.
Tokenizer clip_bpe(std::shared_ptr<const Vocabulary> vocabulary, const MergeTexts& merges, const std::string& origin,
                   const std::vector<SpecialSpelling::Special>& added = {});

// From the list of merges alone (bpe_simple_vocab_16e6.txt.gz): 256 bytes, 256 bytes with </w>, the merges, two special
// tokens. Of the file, whose first line is a heading, the first 48,894 merges are meant.
Tokenizer read_clip_bpe(const std::filesystem::path& merges);

}  // namespace pfm::nlp
