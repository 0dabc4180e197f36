// From the rows of a sentence's tokens to one vector, as sentence-transformers states it (Reimers and Gurevych 2019,
// arXiv:1908.10084): modules.json, 1_Pooling/config.json, sentence_bert_config.json.
#pragma once
#include <pfm/nlp/model_files.h>
#include <pfm/nlp/text_encoder.h>
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

struct SentenceVectors {
  // Side by side: "cls" (the first row), "max", "mean", "mean_sqrt" (the sum by the root of how many), "last".
  std::vector<std::string> parts{"mean"};
  bool unit = false;   // divided by its length
  Offset longest = 0;  // tokens of a sentence, its frame included; what goes beyond is left out
};

// What the files say; without modules.json the mean of all rows. `longest` is what they say, at most the positions that
// the architecture has. A module or a way of pooling that this program has not, one for rows of another
// width: Error(Fault::input).
SentenceVectors sentence_vectors_of(const ModelFiles& files, const Architecture& a);

// How many tokens of a text have room in a sentence, beside the tokens of its frame. None: Error(Fault::input) that
// begins with `origin`.
Offset room_for_text(const Tokenizer& tokenizer, const SentenceVectors& how, const std::string& origin);

// The text in its frame, at most `longest` tokens: what is cut is the text's end.
TokenIds cut_sentence(const Tokenizer& tokenizer, const SentenceVectors& how, TokenIds text);

// [n, d] -> [G, parts d]; a sentence without tokens gives zeros.
Var sentence_rows(const SentenceVectors& how, Segments sentences, const Var& rows);

// Many sentences, some hundred tokens a thread at a time.  [G, parts d]
Matrix embed_sentences(const TextEncoder& encoder, const SentenceVectors& how, std::span<const TokenIds> sentences);

}  // namespace pfm::nlp
