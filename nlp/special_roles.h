// Which tokens of a vocabulary have a role, by the names that BERT and RoBERTa gave them, and the frames of both.
#pragma once
#include <pfm/nlp/special_spelling.h>

namespace pfm::nlp {

SpecialTokens bert_roles(const Vocabulary& vocabulary);     // [UNK] [PAD] [MASK] [CLS] [SEP]
SpecialTokens roberta_roles(const Vocabulary& vocabulary);  // <unk> <pad> <mask> <s> </s>
Frame bert_frame(const SpecialTokens& special);             // [CLS] a [SEP] b [SEP]
Frame roberta_frame(const SpecialTokens& special);          // <s> a </s></s> b </s>

// The roles as texts spell them: `added` where a file says, else each token with a role; <mask> takes white space
// before it.
SpecialSpelling spelling_of(const Vocabulary& vocabulary, const SpecialTokens& special,
                            const std::vector<SpecialSpelling::Special>& added);

}  // namespace pfm::nlp
