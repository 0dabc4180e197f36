// A tokenizer as one JSON text: tokenizer.json of the library tokenizers, or one that was learned here
// (nlp/kept_tokenizer.h). The files of models hold theirs so.
#pragma once
#include <pfm/nlp/tokenizer.h>

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace pfm::nlp {

// Of the library's three kinds are known: WordPiece with BERT's normaliser and words, byte-level BPE (GPT-2, RoBERTa),
// CLIP's BPE. The frame is what the post-processor says; added tokens are spelled exactly, before anything is
// normalised. Lengths to cut and to fill up to are the caller's affair and passed over. Another kind, or an option that
// would give other ids: Error(Fault::input) that names it and what is expected.
Tokenizer read_tokenizer_json(const std::filesystem::path& path);
Tokenizer tokenizer_of(nlohmann::json root, const std::string& origin);  // `origin` stands before messages

}  // namespace pfm::nlp
