// What stands in a SentencePiece model, read by ourselves before its library sees it: the library follows the tables of
// a damaged file out of bounds.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace pfm::nlp {

// The pieces by id of a model in `bytes` (protocol buffers: ModelProto of sentencepiece_model.proto). `origin` stands
// before messages. Cut fields, scores that are no numbers, tables of characters (a double-array trie and the texts its
// leaves point to) that lead beyond their end: Error(Fault::input).
std::vector<std::string> checked_pieces(std::string_view bytes, const std::string& origin);

}  // namespace pfm::nlp
