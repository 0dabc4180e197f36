#include <pfm/encoders/readout.h>
#include <pfm/nlp/text_pairs.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/token_stream.h>

#include <algorithm>

namespace pfm::nlp {
namespace {

using Ids = std::span<const TokenId>;

struct Stretch {
  Offset begin, end;  // of the ids
  std::size_t text;
};

void append(TokenIds& to, Ids ids) { to.insert(to.end(), ids.begin(), ids.end()); }

// How pairs are made of stretches.
class Pairs {
 public:
  Pairs(const Batch& texts, const Tokenizer& tokenizer, const PairRule& rule, const Rng& rng)
      : ids_(texts.ids), frame_(tokenizer.frame), rule_(rule), rng_(rng) {
    room_ = rule.length - Offset(frame_.before.size() + frame_.between.size() + frame_.behind.size());
    expect(room_ >= 2, "pair_batches: a length with room for two tokens");
    const std::vector<Offset> segments = segments_of(texts);
    for (std::size_t g = 0; g + 1 < segments.size(); ++g)
      for (Offset begin = segments[g]; begin < segments[g + 1]; begin += room_)
        if (const Offset end = std::min(begin + room_, segments[g + 1]); end - begin >= 2)
          stretches_.push_back({begin, end, g});
    const bool several = !stretches_.empty() && stretches_.front().text != stretches_.back().text;
    if (stretches_.empty() || (rule.wrong == WrongPair::elsewhere && !several))
      throw Error(Fault::input,
                  "pairs of segments need texts of at least two tokens, and where one segment is taken from "
                  "elsewhere two such texts; put blank lines between documents");
  }

  NodeId count() const { return NodeId(stretches_.size()); }

  // The pair, and whether it is wrong.
  std::pair<FramedPair, bool> make(NodeId stretch, Offset copy) const {
    const Rng draws = rng_.split(std::uint64_t(stretch * rule_.copies + copy));
    const Stretch& s = stretches_[std::size_t(stretch)];
    const Offset cut = s.begin + 1 + Offset(draws.below(0, std::uint64_t(s.end - s.begin - 1)));
    const Ids first = part(s.begin, cut), second = part(cut, s.end);
    if (draws.below(1, 2) == 0) return {pair(first, second), false};
    if (rule_.wrong == WrongPair::exchanged) return {pair(second, first), true};
    const Stretch& other = elsewhere(s.text, draws.split("elsewhere"));
    const Offset most = room_ - Offset(first.size());
    return {pair(first, part(other.begin, std::min(other.end, other.begin + most))), true};
  }

 private:
  Ids part(Offset begin, Offset end) const { return Ids(ids_).subspan(std::size_t(begin), std::size_t(end - begin)); }
  FramedPair pair(Ids first, Ids second) const {
    return framed_pair(frame_, TokenIds(first.begin(), first.end()), TokenIds(second.begin(), second.end()),
                       std::size_t(rule_.length), Truncation::longest_first);
  }
  const Stretch& elsewhere(std::size_t text, const Rng& rng) const {
    for (std::uint64_t i = 0;; ++i)
      if (const Stretch& s = stretches_[rng.below(i, stretches_.size())]; s.text != text) return s;
  }

  std::vector<NodeId> ids_;
  Frame frame_;
  PairRule rule_;
  Rng rng_;
  Offset room_ = 0;
  std::vector<Stretch> stretches_;
};

}  // namespace

MiniBatches pair_batches(const Batch& texts, const Tokenizer& tokenizer, const PairRule& rule, const Rng& rng) {
  const auto pairs = std::make_shared<const Pairs>(texts, tokenizer, rule, rng);
  std::vector<NodeId> stretches(static_cast<std::size_t>(pairs->count()));
  std::iota(stretches.begin(), stretches.end(), NodeId{0});
  return in_random_order(std::move(stretches), rule.size, [=](std::span<const NodeId> chosen, const Rng& draws) {
    std::vector<FramedPair> made;
    std::vector<std::int64_t> samples;
    std::vector<NodeId> wrong;
    for (const NodeId s : chosen) {
      const auto copy = Offset(draws.below(std::uint64_t(s), std::uint64_t(rule.copies)));
      auto [pair, is_wrong] = pairs->make(s, copy);
      if (is_wrong) wrong.push_back(NodeId(made.size()));
      made.push_back(std::move(pair));
      samples.push_back(std::int64_t(s) * rule.copies + copy);
    }
    Batch batch = token_batch(made);
    batch.samples = std::move(samples), batch.hidden_nodes = std::move(wrong);
    return batch;
  });
}

MiniBatches full_sequences(const Batch& texts, const Tokenizer& tokenizer, Offset length, Offset size) {
  const Frame frame = tokenizer.frame;
  const auto stream = std::make_shared<const TokenIds>(joined_texts(texts, {tokenizer.special.end}));
  const Offset room = length - Offset(frame.before.size() + frame.behind.size()), tokens = Offset(stream->size());
  expect(room >= 1, "full_sequences: a length with room for a token");
  const Offset count = std::max<Offset>(1, tokens / room);
  const auto begins = std::uint64_t(std::max<Offset>(1, tokens - count * room + 1));
  std::vector<NodeId> sequences(static_cast<std::size_t>(count));
  std::iota(sequences.begin(), sequences.end(), NodeId{0});
  const auto in_order = [=](Offset begin) {
    return in_random_order(sequences, size, [=](std::span<const NodeId> chosen, const Rng&) {
      std::vector<TokenIds> made;
      for (const NodeId i : chosen) {
        const Offset from = begin + room * i, to = std::min(from + room, tokens);
        TokenIds& ids = made.emplace_back(frame.before);
        append(ids, Ids(*stream).subspan(std::size_t(from), std::size_t(to - from))), append(ids, frame.behind);
      }
      return token_batch(made);
    });
  };
  return {in_order(0).an_epoch,
          [=](const Rng& rng) { return in_order(Offset(rng.split("begin").below(0, begins))).epoch(rng); }};
}

}  // namespace pfm::nlp
