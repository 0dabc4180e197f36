// The tokenizer of a folder of other projects' weights, or of one file.
#pragma once
#include <pfm/nlp/model_files.h>
#include <pfm/nlp/tokenizer.h>

#include <filesystem>

namespace pfm::nlp {

// A file by its name: tokenizer.json; *.model (SentencePiece); vocab.txt (WordPiece, lower case). A folder by what it
// holds, the first of: tokenizer.json; vocab.json with merges.txt (CLIP's where <|startoftext|> is a token, else over
// bytes); vocab.txt; one *.model. tokenizer_config.json beside vocab files may say do_lower_case (else true) and
// add_prefix_space (else false). Nothing of these, or damage: Error(Fault::input).
Tokenizer read_tokenizer(const std::filesystem::path& path);
Tokenizer read_tokenizer(const ModelFiles& files);  // of a folder

}  // namespace pfm::nlp
