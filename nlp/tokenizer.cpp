#include <fmt/format.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/tokenizer.h>

#include <algorithm>

namespace pfm::nlp {
namespace {

void append(TokenIds& ids, const TokenIds& more) { ids.insert(ids.end(), more.begin(), more.end()); }

// To `room` tokens together.
void cut_longest(TokenIds& first, TokenIds& second, std::size_t room) {
  const bool first_is_longer = first.size() > second.size();
  std::size_t shorter = std::min(first.size(), second.size());
  std::size_t longer = std::max(shorter, room - std::min(room, shorter));
  if (shorter + longer > room) shorter = room / 2, longer = room - shorter;
  first.resize(std::min(first.size(), first_is_longer ? longer : shorter));
  second.resize(std::min(second.size(), first_is_longer ? shorter : longer));
}

}  // namespace

TokenIds framed(const Tokenizer& tokenizer, std::string_view text) {
  TokenIds ids = tokenizer.frame.before;
  append(ids, tokenizer.encode(text));
  append(ids, tokenizer.frame.behind);
  return ids;
}

FramedPair framed_text(const Frame& frame, const TokenIds& text) {
  FramedPair framed{.ids = frame.before, .segments = {}};
  append(framed.ids, text), append(framed.ids, frame.behind);
  framed.segments.assign(framed.ids.size(), 0);
  return framed;
}

FramedPair framed_pair(const Tokenizer& tokenizer, std::string_view first, std::string_view second, std::size_t limit,
                       Truncation truncation) {
  return framed_pair(tokenizer.frame, tokenizer.encode(first), tokenizer.encode(second), limit, truncation);
}

FramedPair framed_pair(const Frame& frame, TokenIds a, TokenIds b, std::size_t limit, Truncation truncation) {
  const std::size_t around = frame.before.size() + frame.between.size() + frame.behind.size();
  if (limit < around)
    throw Error(Fault::usage,
                fmt::format("a pair of texts has {} special tokens, but at most {} tokens are allowed", around, limit));
  const std::size_t room = limit - around;
  if (a.size() + b.size() > room && truncation == Truncation::only_second) {
    if (a.size() >= room)
      throw Error(
          Fault::usage,
          fmt::format("the first text has {} tokens, which leaves nothing of the {} to the second", a.size(), room));
    b.resize(room - a.size());
  } else if (a.size() + b.size() > room) {
    cut_longest(a, b, room);
  }
  FramedPair pair{.ids = frame.before, .segments = {}};
  append(pair.ids, a);
  append(pair.ids, frame.between);
  pair.segments.assign(pair.ids.size(), 0);
  append(pair.ids, b);
  append(pair.ids, frame.behind);
  pair.segments.resize(pair.ids.size(), 1);
  return pair;
}

}  // namespace pfm::nlp
