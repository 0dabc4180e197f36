#include <pfm/nlp/special_roles.h>

namespace pfm::nlp {

SpecialTokens bert_roles(const Vocabulary& v) {
  return {.unknown = v.find("[UNK]"),
          .padding = v.find("[PAD]"),
          .mask = v.find("[MASK]"),
          .begin = v.find("[CLS]"),
          .end = v.find("[SEP]")};
}

SpecialTokens roberta_roles(const Vocabulary& v) {
  return {.unknown = v.find("<unk>"),
          .padding = v.find("<pad>"),
          .mask = v.find("<mask>"),
          .begin = v.find("<s>"),
          .end = v.find("</s>")};
}

Frame bert_frame(const SpecialTokens& s) { return {.before = {s.begin}, .between = {s.end}, .behind = {s.end}}; }

Frame roberta_frame(const SpecialTokens& s) {
  return {.before = {s.begin}, .between = {s.end, s.end}, .behind = {s.end}};
}

SpecialSpelling spelling_of(const Vocabulary& v, const SpecialTokens& s,
                            const std::vector<SpecialSpelling::Special>& added) {
  if (!added.empty()) return {v, added};
  const bool takes_before = s.mask != no_token && v.text(s.mask) == "<mask>";
  std::vector<SpecialSpelling::Special> roles{{s.unknown}, {s.padding}, {s.mask, takes_before}, {s.begin}};
  if (s.end != s.begin) roles.push_back({s.end});
  return {v, roles};
}

}  // namespace pfm::nlp
